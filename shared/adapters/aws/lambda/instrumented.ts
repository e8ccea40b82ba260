import { Logger } from "@aws-lambda-powertools/logger";
import type { LogLevel } from "@aws-lambda-powertools/logger/types";
import { Tracer } from "@aws-lambda-powertools/tracer";
import type { Context } from "aws-lambda";

export type FunctionContext = Context;

/** Log lines of a function: events with fields, as JSON. */
export interface FunctionLog {
  info(event: string, fields?: object): void;
  warn(event: string, fields?: object): void;
  error(event: string, fields?: object): void;
}

/** What each function has: its log, and a segment of its own in the trace of each call. */
export class Instrumented {
  readonly log: FunctionLog;
  readonly #logger: Logger;
  readonly #tracer: Tracer;

  constructor(service: string, level: string) {
    this.#logger = new Logger({ serviceName: service, logLevel: level.toUpperCase() as LogLevel });
    // Where there is no Lambda around it, it traces nothing.
    this.#tracer = new Tracer({ serviceName: service, captureHTTPsRequests: true });
    this.log = {
      info: (message, fields) => this.#logger.info({ message, ...fields }),
      warn: (message, fields) => this.#logger.warn({ message, ...fields }),
      error: (message, fields) => this.#logger.error({ message, ...fields }),
    };
  }

  /** Runs one call of the function: its request id in each log line, a subsegment around it, what it throws in both. */
  async run<T>(context: Context, work: () => Promise<T>): Promise<T> {
    this.#logger.addContext(context);
    const tracer = this.#tracer;
    const segment = tracer.isTracingEnabled() ? tracer.getSegment() : undefined;
    const own = segment?.addNewSubsegment(`## ${process.env._HANDLER ?? "handler"}`);
    if (own !== undefined) tracer.setSegment(own);
    tracer.annotateColdStart();
    tracer.addServiceNameAnnotation();
    try {
      return await work();
    } catch (error) {
      tracer.addErrorAsMetadata(error as Error);
      this.#logger.error("call-failed", error as Error);
      throw error;
    } finally {
      own?.close();
      if (segment !== undefined) tracer.setSegment(segment);
    }
  }
}
