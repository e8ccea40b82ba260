import { expect } from "chai";
import { describe, it } from "mocha";
import { LastTold } from "#shared/adapters/aws/redis/last-told.ts";

describe("what a room was told last", () => {
  const told = (room: string, event: string, message: object) => ({ room, event, message });
  const heard = (last: LastTold) =>
    [...last.all()].map(({ room, event, message }) => `${room} ${event} ${JSON.stringify(message)}`);

  it("is every message of the newest outcome, in order", () => {
    const last = new LastTold();
    last.note(told("a", "trade", { seq: 1 }));
    last.note(told("a", "trade", { seq: 2, index: 0 }));
    last.note(told("a", "balance", { seq: 2, index: 1 }));
    last.note(told("b", "trade", { seq: 1 }));
    expect(heard(last)).to.deep.equal([
      'a trade {"seq":2,"index":0}',
      'a balance {"seq":2,"index":1}',
      'b trade {"seq":1}',
    ]);
  });

  it("is of the tape as it is now, where that went back", () => {
    const last = new LastTold();
    last.note(told("a", "trade", { seq: 9, branch: "fork" }));
    last.note(told("a", "rewound", { feed: "a", toSeq: 4 }));
    last.note(told("a", "trade", { seq: 5, branch: "main" }));
    expect(heard(last)).to.deep.equal(['a trade {"seq":5,"branch":"main"}']);
  });

  it("is the last of each kind where messages have no seq, and nothing of what belongs to no feed", () => {
    const last = new LastTold();
    last.note(told("a", "region", { n: 1 }));
    last.note(told("a", "region", { n: 2 }));
    last.note(told("a", "transfers", {}));
    last.note(told("a", "executionReport", { seq: 0, status: "QUEUED" }));
    expect(heard(last)).to.deep.equal(['a region {"n":2}', "a transfers {}"]);
  });

  it("is forgotten with the room", () => {
    const last = new LastTold();
    last.note(told("a", "trade", { seq: 1 }));
    last.forget("a");
    expect(heard(last)).to.deep.equal([]);
  });
});
