import DroidSemantics

/// What the cluster tells of the pods of a component: cAdvisor, kube-state-metrics and the kubelet.
struct WorkloadSeries {
  private let component: Component
  private let system: System
  private let version: String?

  init(_ component: Component, _ system: System, version: String? = nil) {
    self.component = component
    self.system = system
    self.version = version
  }

  private var namespace: String { "namespace=\"\(system.namespace)\"" }

  /// The name of its controller, or those of its versions.
  private var controllers: String {
    let names = component.versions.filter { version == nil || $0.name == version }.map { component.spelled($0) }
    return names.isEmpty ? component.spelled : names.joined(separator: "|")
  }

  /// What matches its pods.
  var pods: String {
    let pattern = version == nil ? component.podPattern(in: system) : Component.podPattern(of: controllers)
    return "\(namespace),pod=~\"\(pattern)\""
  }

  /// Those of its versions are Deployments too; what claims volumes is a StatefulSet.
  private var ready: String {
    let match = controllers.utf8.contains(UInt8(ascii: "|")) ? "=~" : "="
    let kind = component.hasClaims ? "statefulset" : "deployment"
    return "kube_\(kind)_status_replicas_ready{\(namespace),\(kind)\(match)\"\(controllers)\"}"
  }

  func value(_ signal: String, _ over: String) -> String? {
    switch signal {
    case "cpu":
      return
        "sum(rate(container_cpu_usage_seconds_total{\(pods),container!=\"\"}[\(over)])) / sum(kube_pod_container_resource_requests{\(pods),resource=\"cpu\"})"
    case "throttled":
      return
        "sum(rate(container_cpu_cfs_throttled_periods_total{\(pods)}[\(over)])) / sum(rate(container_cpu_cfs_periods_total{\(pods)}[\(over)]))"
    case "memory":
      return
        "max(max by (pod) (container_memory_working_set_bytes{\(pods),container!=\"\"}) / on (pod) max by (pod) (kube_pod_container_resource_limits{\(pods),resource=\"memory\"}))"
    case "disk":
      let claims = "\(namespace),persistentvolumeclaim=~\"\(component.claimPattern(in: system))\""
      return "max(kubelet_volume_stats_used_bytes{\(claims)} / kubelet_volume_stats_capacity_bytes{\(claims)})"
    case "replicas": return "sum(\(ready))"
    case "unhealthy":
      return
        "min by (pod) (kube_pod_status_ready{\(pods),condition=\"true\"}) == 0 and on (pod) kube_pod_status_phase{\(pods),phase=\"Running\"} == 1"
    case "crash_loop":
      return "max by (pod) (kube_pod_container_status_waiting_reason{\(pods),reason=\"CrashLoopBackOff\"}) == 1"
    case "oom_killed":
      return
        "max by (pod) (kube_pod_container_status_last_terminated_reason{\(pods),reason=\"OOMKilled\"}) == 1 and on (pod) increase(kube_pod_container_status_restarts_total{\(pods)}[\(over)]) > 0"
    case "restarts": return "max(increase(kube_pod_container_status_restarts_total{\(pods)}[1h]))"
    case "pending": return "max(kube_pod_status_unschedulable{\(pods)}) == 1"
    case "last_success":
      return
        "time() - max(kube_cronjob_status_last_successful_time{\(namespace),cronjob=\"\(component.spelled)\"})"
    case "failed":
      return "max(kube_job_status_failed{\(namespace),job_name=~\"\(component.spelled)(-[0-9]+)?\"}) > 0"
    default: return nil
    }
  }
}
