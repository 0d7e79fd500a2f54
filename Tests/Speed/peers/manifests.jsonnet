// The Deployments and Services of services that ask each other, as one writes them in Jsonnet.
local services = import 'services.json';

local labels(name) = {
  'app.kubernetes.io/name': name,
  'app.kubernetes.io/part-of': 'many',
  'app.kubernetes.io/managed-by': 'droid',
};
local selector(name) = { 'app.kubernetes.io/name': name };
local probe(path, period, timeout, failures) = {
  httpGet: { path: path, port: 'admin' },
  periodSeconds: period,
  timeoutSeconds: timeout,
  failureThreshold: failures,
};

local deployment(service) = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: service.name, namespace: 'many', labels: labels(service.name) },
  spec: {
    replicas: 2,
    revisionHistoryLimit: 5,
    selector: { matchLabels: selector(service.name) },
    strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%', maxUnavailable: 0 } },
    template: {
      metadata: { labels: labels(service.name) },
      spec: {
        serviceAccountName: service.name,
        automountServiceAccountToken: false,
        enableServiceLinks: false,
        terminationGracePeriodSeconds: 30,
        topologySpreadConstraints: [{
          maxSkew: 1,
          topologyKey: 'topology.kubernetes.io/zone',
          whenUnsatisfiable: 'ScheduleAnyway',
          labelSelector: { matchLabels: selector(service.name) },
        }],
        securityContext: {
          runAsNonRoot: true,
          runAsUser: 10001,
          runAsGroup: 10001,
          fsGroup: 10001,
          seccompProfile: { type: 'RuntimeDefault' },
        },
        containers: [{
          name: service.name,
          image: 'localhost:5000/%s:dev' % service.name,
          imagePullPolicy: 'IfNotPresent',
          ports: [{ name: 'api', containerPort: 8080 }, { name: 'admin', containerPort: 9464 }],
          env: [{ name: 'LOG_LEVEL', value: 'info' }] + [
            { name: std.asciiUpper(callee) + '_URL', value: 'http://%s:80' % callee }
            for callee in service.calls
          ],
          startupProbe: probe('/startupz', 1, 1, 30),
          readinessProbe: probe('/readyz', 10, 3, 3),
          livenessProbe: probe('/livez', 10, 1, 3),
          lifecycle: { preStop: { sleep: { seconds: 5 } } },
          resources: {
            requests: { cpu: '100m', memory: '128Mi', 'ephemeral-storage': '64Mi' },
            limits: { cpu: '1', memory: '256Mi', 'ephemeral-storage': '1Gi' },
          },
          securityContext: {
            allowPrivilegeEscalation: false,
            readOnlyRootFilesystem: true,
            capabilities: { drop: ['ALL'] },
          },
          volumeMounts: [{ name: 'tmp', mountPath: '/tmp' }],
        }],
        volumes: [{ name: 'tmp', emptyDir: { sizeLimit: '64Mi' } }],
      },
    },
  },
};

local entry(service) = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: service.name, namespace: 'many', labels: labels(service.name) },
  spec: {
    selector: selector(service.name),
    ports: [{ name: 'api', port: 80, targetPort: 'api', appProtocol: 'http' }],
  },
};

{ items: std.flatMap(function(service) [deployment(service), entry(service)], services) }
