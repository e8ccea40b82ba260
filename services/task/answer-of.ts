import { NotNow } from "#services/gateway/operators/operated-platform.ts";
import type { TaskAnswer } from "#shared/ports/task-requests.ts";

/** What a task says to what it was asked for: what came of it, or why it cannot be done now. */
export async function answerOf<T>(work: () => Promise<T>): Promise<TaskAnswer<T>> {
  try {
    return { outcome: "done", answer: await work() };
  } catch (error) {
    if (!(error instanceof NotNow)) throw error;
    return { outcome: "refused", why: error.message };
  }
}
