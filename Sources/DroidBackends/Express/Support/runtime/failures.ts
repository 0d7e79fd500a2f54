/** How many of the predictions of late have failed. */

/** Fewer tell nothing. */
const LEAST = 20;
const STEPS = 60;

interface Step {
  readonly number: number;
  total: number;
  failed: number;
}

/** Counts within a window of time, which moves on in steps: more to do takes no more room. */
export class Failures {
  readonly #milliseconds: number;
  #steps: Step[] = [];

  /** The window is in seconds. */
  constructor(window: number) {
    this.#milliseconds = (window * 1000) / STEPS;
  }

  count(hasFailed: boolean): void {
    const number = Math.floor(performance.now() / this.#milliseconds);
    this.#steps = this.#steps.filter((step) => step.number > number - STEPS);
    let step = this.#steps.at(-1);
    if (step?.number !== number) {
      step = { number, total: 0, failed: 0 };
      this.#steps.push(step);
    }
    step.total += 1;
    step.failed += hasFailed ? 1 : 0;
  }

  /** Did more than this share fail, of enough to tell? */
  exceeds(rate: number): boolean {
    const total = this.#steps.reduce((sum, step) => sum + step.total, 0);
    const failed = this.#steps.reduce((sum, step) => sum + step.failed, 0);
    return total >= LEAST && failed > rate * total;
  }
}
