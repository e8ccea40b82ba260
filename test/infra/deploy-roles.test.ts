import { readdirSync, readFileSync } from "node:fs";
import { expect } from "chai";
import { type IamStatement, statementsOf } from "#infra/policy/iam-rules.ts";
import { resourcesOfType, stacksOf } from "./platforms.ts";

const FOLDER = new URL("../../.github/workflows/", import.meta.url);
const REPOSITORY = "example/meridian";
/** What AWS gives where nobody says more, in seconds. */
const SESSION_DEFAULT = 3600;

/** How GitHub names a run by what started it (https://docs.github.com/en/actions/reference/security/oidc), as far as our workflows are started. */
const SUBJECTS: Readonly<Record<string, string>> = {
  pull_request: "pull_request",
  push: "ref:refs/tags/v1.2.3",
  schedule: "ref:refs/heads/main",
  workflow_dispatch: "ref:refs/heads/main",
};

describe("the roles of workflows", function () {
  this.timeout(120_000);

  for (const { file, text, role } of workflowsWithRoles()) {
    it(`${file} may take the role ${role}, whatever starts it`, async () => {
      const trusted = await trustedSubjects(role);
      const jobEnvironment = /^ {4}environment: /m.test(text);
      for (const event of startedBy(text)) {
        const subject = jobEnvironment ? "environment:prod" : (SUBJECTS[event] ?? event);
        expect(
          trusted.some((pattern) => matches(pattern, `repo:${REPOSITORY}:${subject}`)),
          `${event}: ${subject} by ${trusted.join(", ")}`,
        ).to.equal(true);
      }
    });

    it(`${file} asks for no longer session of ${role} than the role gives`, async () => {
      const [found] = await roles(role);
      const most = Number(found?.block.max_session_duration ?? SESSION_DEFAULT);
      expect(Number(/role-duration-seconds: (\d+)/.exec(text)?.[1] ?? SESSION_DEFAULT)).to.be.at.most(most);
      const minutes = Number(/^ {4}timeout-minutes: (\d+)$/m.exec(text)?.[1]);
      expect(minutes * 60, "a job outlives its session").to.be.at.most(most);
    });
  }

  it("are taken by forks of nobody: each names the repository", async () => {
    for (const role of ["plan", "drift", "deploy", "images"])
      for (const subject of await trustedSubjects(role))
        expect(subject.startsWith(`repo:${REPOSITORY}:`)).to.equal(true);
  });

  it("that only read take no lock, which is a file that they may not write", () => {
    for (const { file, text, role } of workflowsWithRoles())
      if (role === "plan" || role === "drift") expect(text, file).to.include("-lock=false");
  });

  it("read the secrets' values that a plan needs: from any branch those that the states hold anyway, from the main branch all", async () => {
    const names = (await resourcesOfType("prod", "aws_secretsmanager_secret")).map(({ stack, block }) => ({
      name: String(block.name),
      region: stack === "foundation" ? "us-east-1" : stack.replace("region-", ""),
    }));
    const inStates = (await stacksOf("prod")).flatMap(({ json }) =>
      Object.values(json.data?.aws_secretsmanager_secret_version ?? {}).map(({ secret_id }) =>
        String(secret_id),
      ),
    );
    expect(names).to.have.lengthOf.at.least(5);
    expect(inStates).to.have.lengthOf(4);
    for (const { name, region } of names) {
      const secret = `arn:aws:secretsmanager:${region}:111122223333:secret:${name}-AbCdEf`;
      const what = name.replace("meridian-prod-", "");
      const isInState = inStates.some((id) => id.includes(`.${what}_`));
      expect(await may("drift", "secretsmanager:GetSecretValue", secret), `drift: ${name}`).to.equal(true);
      expect(await may("plan", "secretsmanager:GetSecretValue", secret), `plan: ${name}`).to.equal(isInState);
    }
    const plan = readFileSync(new URL("plan.yml", FOLDER), "utf8");
    expect(plan, "the provider reads every secret that it refreshes").to.include("-refresh=false");
  });

  async function roles(role: string) {
    return (await resourcesOfType("prod", "aws_iam_role")).filter(
      ({ block }) => block.name === `meridian-prod-${role}`,
    );
  }

  async function trustedSubjects(role: string): Promise<readonly string[]> {
    const [found] = await roles(role);
    expect(found, role).to.not.equal(undefined);
    const { Statement } = JSON.parse(String(found?.block.assume_role_policy)) as {
      Statement: IamStatement[];
    };
    return Statement.flatMap(
      ({ Condition }) =>
        (Condition as { StringLike: Record<string, string[]> }).StringLike[
          "token.actions.githubusercontent.com:sub"
        ] ?? [],
    );
  }

  async function may(role: string, action: string, resource: string): Promise<boolean> {
    const bootstrap = (await stacksOf("prod")).find(({ name }) => name === "bootstrap");
    if (bootstrap === undefined) throw new Error("no bootstrap");
    return statementsOf(bootstrap.json, ["aws_iam_role_policy"])
      .filter(({ where }) => where.includes(`_${role}-states_`))
      .filter(({ statement }) => statement.Action.includes(action))
      .some(({ statement }) => (statement.Resource ?? []).some((pattern) => matches(pattern, resource)));
  }
});

/** Each workflow that takes a role, with the role's name behind the environment's. */
function workflowsWithRoles() {
  return readdirSync(FOLDER).flatMap((file) => {
    const text = readFileSync(new URL(file, FOLDER), "utf8");
    return [...text.matchAll(/role-to-assume: .*-(\w+)$/gm)].map(([, role = ""]) => ({ file, text, role }));
  });
}

/** The events under `on:`. */
function startedBy(text: string): string[] {
  const block = /^on:\n((?: {2}.*\n)+)/m.exec(text)?.[1] ?? "";
  return [...block.matchAll(/^ {2}(\w+):/gm)].map(([, event = ""]) => event);
}

/** IAM's `*` and `?`. */
function matches(pattern: string, text: string): boolean {
  const escaped = pattern
    .replaceAll(/[.+^${}()|[\]\\]/g, "\\$&")
    .replaceAll("*", ".*")
    .replaceAll("?", ".");
  return new RegExp(`^${escaped}$`).test(text);
}
