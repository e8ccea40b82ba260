import type { LocalFunction } from "#local/aws-local/start-function.ts";
import type { Clock } from "#shared/ports/clock.ts";

/** Calls a function as EventBridge's scheduler does, oftener than each minute: so long after the call before has ended. A schedule that is over calls nobody any more. */
export function callOnSchedule(target: LocalFunction, everyMs: number, clock: Clock): { stop(): void } {
  let isOver = false;
  let timer = clock.schedule(everyMs, call);
  function call(): void {
    const again = () => {
      if (!isOver) timer = clock.schedule(everyMs, call);
    };
    target.call({ source: "aws.events" }).then(again, again);
  }
  return {
    stop: () => {
      isOver = true;
      timer.cancel();
    },
  };
}
