import { createHash } from "node:crypto";
import { expect } from "chai";
import { describe, it } from "mocha";
import type { CommandId } from "#shared/domain/ids.ts";
import { CommandTraces } from "#shared/telemetry/command-traces.ts";
import { traceContext } from "#test/support/trace-context.ts";

const digitsOf = (text: string, length: number) =>
  createHash("sha256").update(text).digest("hex").slice(0, length);
const command = (at: number) => digitsOf(`command ${at}`, 32) as CommandId;
const trace = (at: number) =>
  traceContext(digitsOf(`trace ${at}`, 32), digitsOf(`span ${at}`, 16), at % 2 === 0);

describe("the traces of commands that were seen lately", () => {
  it("are as they were remembered, one a command, the last one that was named", () => {
    const traces = new CommandTraces(4);
    for (let at = 0; at < 8; at++) traces.set(command(at), trace(at + 100));
    for (let at = 0; at < 8; at++) traces.set(command(at), trace(at));
    for (let at = 0; at < 8; at++) expect(traces.get(command(at))).to.deep.equal(trace(at));
    expect(traces.get(command(8))).to.equal(undefined);
    const like = (at: number) => `${command(8).slice(0, 24)}${command(at).slice(24)}` as CommandId;
    expect(traces.get(like(3)), "one whose id ends alike").to.equal(undefined);
    expect(traces.get("0".repeat(32) as CommandId)).to.equal(undefined);
  });

  it("are those of nearly all of the newest, whatever was there before, and of no more than there is room for", () => {
    const sets = 1024;
    const [room, count] = [8 * sets, 5 * 8 * sets];
    const traces = new CommandTraces(sets);
    for (let at = 0; at < count; at++) traces.set(command(at), trace(at));
    const known = (from: number) =>
      Array.from({ length: count - from }, (_, at) => from + at).filter(
        (at) => traces.get(command(at)) !== undefined,
      );
    expect(known(0)).to.have.length.at.most(room);
    expect(known(count - room / 4)).to.have.length.at.least(0.998 * (room / 4));
    for (const at of known(count - 100)) expect(traces.get(command(at))).to.deep.equal(trace(at));
  });
});
