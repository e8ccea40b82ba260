import { expect } from "chai";
import { after, afterEach, beforeEach, describe, it } from "mocha";
import { BOARDS } from "#dashboards/boards/boards.ts";
import type { Published } from "#dashboards/publish/publish-boards.ts";
import type { LocalFunction } from "#local/aws-local/start-function.ts";
import { type GrafanaServer, startGrafana } from "./grafana-server.ts";
import { functionOf } from "./local-world.ts";

const RUNBOOKS = "https://github.com/example/meridian/blob/main/runbooks";
const METRICS = "https://aps-workspaces.us-east-1.amazonaws.com/workspaces/ws-1/";
const XRAY = "grafana-x-ray-datasource";
const UIDS = BOARDS.map(({ id }) => `meridian-${id}`);

describe("the function that puts boards into Grafana, as it is deployed", function () {
  this.timeout(60_000);
  const bundle = functionOf("boards");
  let grafana: GrafanaServer;
  let boards: LocalFunction;

  beforeEach(async () => {
    grafana = await startGrafana();
    boards = await bundle.start({
      AWS_ENDPOINT_URL_GRAFANA: grafana.url,
      MERIDIAN_GRAFANA_WORKSPACE: "g-0123456789",
      MERIDIAN_GRAFANA_URL: grafana.url,
      MERIDIAN_GRAFANA_ACCOUNT: "4",
      MERIDIAN_METRICS_URL: METRICS,
      MERIDIAN_RUNBOOKS_URL: RUNBOOKS,
    });
  });
  afterEach(async () => {
    await bundle.killAll();
    await grafana.close();
  });
  after(() => bundle.remove());

  const publish = async () => (await boards.call({})) as Published;
  const refusal = () =>
    publish().then(
      () => "",
      (error: Error) => error.message,
    );

  it("brings data sources, a folder and every board into an empty workspace, and leaves no token behind", async () => {
    grafana.plugins.add(XRAY);
    const published = await publish();
    expect(published.leftOut).to.deep.equal([]);
    expect(published.removed).to.deep.equal([]);
    expect([...grafana.boards.keys()]).to.have.members(UIDS);
    expect([...grafana.boards.values()].map(({ folderUid }) => folderUid)).to.deep.equal(
      UIDS.map(() => "meridian"),
    );
    expect(grafana.folders.get("meridian")).to.include({ title: "Meridian" });
    expect(grafana.dataSources.get("meridian-prometheus")).to.deep.include({
      ...{ type: "prometheus", url: METRICS, isDefault: true, access: "proxy" },
      jsonData: {
        ...{ httpMethod: "POST", timeInterval: "15s" },
        ...{ sigV4Auth: true, sigV4AuthType: "ec2_iam_role", sigV4Region: "us-east-1" },
      },
    });
    expect([...grafana.dataSources.keys()]).to.deep.equal([
      "meridian-prometheus",
      "meridian-cloudwatch",
      "meridian-x-ray",
    ]);
    const text = JSON.stringify(grafana.boards.get("meridian-front-page"));
    expect(text).to.include(`"query":"${RUNBOOKS}"`).and.not.include('"query":"/runbooks"');
    expect(grafana.tokens.size).to.equal(0);
    expect(JSON.stringify(published)).not.to.include("glsa_");
  });

  it("writes nothing where all is there already: twice is once", async () => {
    await publish();
    const before = [...grafana.writes];
    expect(await publish()).to.deep.equal({ written: [], removed: [], leftOut: ["meridian-x-ray"] });
    expect(grafana.writes).to.deep.equal(before);
  });

  it("puts right what somebody changed, deletes boards that are gone from the code, and leaves a person's own alone", async () => {
    await publish();
    const [first = "", second = ""] = UIDS;
    const board = grafana.boards.get(first);
    const moved = grafana.boards.get(second);
    if (board === undefined || moved === undefined) throw new Error("they were put there");
    grafana.boards.set(first, { ...board, title: "mine now" });
    grafana.boards.set(second, { ...moved, folderUid: "elsewhere" });
    grafana.boards.set("meridian-gone", { ...board, uid: "meridian-gone", title: "gone" });
    grafana.boards.set("own", { uid: "own", title: "own", tags: ["meridian"], version: 1 });
    grafana.boards.set("near", { uid: "near", title: "near", tags: [], version: 1, folderUid: "meridian" });
    const metrics = grafana.dataSources.get("meridian-prometheus");
    grafana.dataSources.set("meridian-prometheus", { ...metrics, url: "http://old" } as never);
    expect(await publish()).to.deep.include({
      written: ["meridian-prometheus", first, second],
      removed: ["meridian-gone"],
    });
    expect(grafana.boards.get(first)).to.include({ title: board.title, folderUid: "meridian" });
    expect(grafana.boards.get(second)).to.include({ folderUid: "meridian" });
    expect([...grafana.boards.keys()]).to.have.members([...UIDS, "own", "near"]);
    expect(grafana.dataSources.get("meridian-prometheus")).to.include({ url: METRICS });
  });

  it("tries again where Grafana is not ready yet, or somebody else writes at the same moment", async () => {
    grafana.fail(403, 1, /POST \/workspaces/);
    grafana.fail(503, 2, /GET \/api\/datasources/);
    grafana.fail(409, 1, /POST \/api\/datasources/);
    grafana.fail(412, 1, /POST \/api\/folders/);
    grafana.fail(412, 2, /POST \/api\/dashboards/);
    await publish();
    expect([...grafana.boards.keys()]).to.have.members(UIDS);
  });

  it("ends with one clear line where it is refused, and takes its token away", async () => {
    grafana.fail(412, 3, /POST \/api\/dashboards/);
    expect(await refusal()).to.include(`the board ${UIDS[0]} is not taken: not now`);
    expect(grafana.tokens.size).to.equal(0);
    grafana.dataSources.delete("meridian-cloudwatch");
    grafana.dataSources.set("x", { uid: "x", name: "Meridian: CloudWatch", version: 1 });
    expect(await refusal()).to.include('another data source is called "Meridian: CloudWatch"');
    grafana.fail(404, 1, /POST \/workspaces/);
    expect(await refusal()).to.include("the workspace g-0123456789 gives no token");
    expect(grafana.tokens.size).to.equal(0);
  });
});
