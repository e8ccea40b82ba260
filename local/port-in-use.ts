import { OperatingError } from "#shared/ports/operating-error.ts";

/** The port cannot be listened on: an operating error that the person at the keyboard can solve. */
export class PortInUse extends OperatingError {
  override readonly name = "PortInUse";

  constructor(port: number, code: "EADDRINUSE" | "EACCES") {
    super(
      code === "EACCES"
        ? `Port ${port} may not be used by this user; choose another with --port.`
        : `Port ${port} is in use by another program; choose another with --port.`,
    );
  }
}
