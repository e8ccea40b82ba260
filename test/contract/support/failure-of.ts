/** The error with which a promise rejects; `undefined` if it resolves. */
export async function failureOf(promise: Promise<unknown>): Promise<Error | undefined> {
  try {
    await promise;
    return undefined;
  } catch (error) {
    if (error instanceof Error) return error;
    throw error;
  }
}
