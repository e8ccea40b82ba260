/**
 * The surroundings failed, not the program: the disk, a data file, another process. It ends the task; the message is one clear line that whoever
 * runs it can act on.
 */
export class OperatingError extends Error {
  override readonly name: string = "OperatingError";
}
