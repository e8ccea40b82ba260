import { after, before, describe } from "mocha";
import { crashContract } from "./crash-contract.ts";
import { adapters, server } from "./kinesis-adapters.ts";

describe("on Kinesis, writers that die", () => {
  before(() => server.start());
  after(() => server.stop());

  crashContract(adapters);
});
