import { expect } from "chai";
import { describe, it } from "mocha";
import { operatorsFromEnvironment } from "#local/cli/operators-from-environment.ts";
import { parseOperators } from "#services/gateway/operators/operators.ts";

describe("operators", () => {
  it("are read by name and token, or a token alone", () => {
    expect(parseOperators("ada:s3cret=,grace:other")).to.deep.equal([
      { name: "ada", token: "s3cret=" },
      { name: "grace", token: "other" },
    ]);
    expect(parseOperators("s3cret=")).to.deep.equal([{ name: "operator", token: "s3cret=" }]);
  });

  it("are refused whole where a name or a token is there twice, is empty or of another form", () => {
    for (const text of [
      "ada:x,ada:y",
      "ada:x,grace:x",
      "ada:",
      ":x",
      "Ada:x",
      "ada:x y",
      "ada:x:y",
      "ada:x,",
    ]) {
      expect(parseOperators(text), text).to.equal(undefined);
    }
  });

  it("may be named beside one without a name, or by the same token in an operator's own shell", () => {
    const named = { MERIDIAN_OPERATORS: "ada:x" };
    expect(operatorsFromEnvironment({ ...named, MERIDIAN_OPERATOR_TOKEN: "y" })).to.deep.equal([
      { name: "ada", token: "x" },
      { name: "operator", token: "y" },
    ]);
    expect(operatorsFromEnvironment({ ...named, MERIDIAN_OPERATOR_TOKEN: "x" })).to.deep.equal([
      { name: "ada", token: "x" },
    ]);
    expect(operatorsFromEnvironment({})).to.deep.equal([]);
    expect(() => operatorsFromEnvironment({ MERIDIAN_OPERATORS: "ada" + ":" })).to.throw(
      "MERIDIAN_OPERATORS",
    );
  });
});
