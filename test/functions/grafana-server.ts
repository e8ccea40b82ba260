import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";

interface Item {
  readonly uid: string;
  readonly name?: string;
  readonly title?: string;
  readonly tags?: readonly string[];
  readonly version: number;
  readonly folderUid?: string | undefined;
}

/** Stands for a workspace: AWS's operations on its tokens, and of Grafana's HTTP API what its documentation says of data sources, folders, dashboards and search. */
export interface GrafanaServer {
  readonly url: string;
  readonly dataSources: Map<string, Item>;
  readonly folders: Map<string, Item>;
  readonly boards: Map<string, Item>;
  /** By id those that are valid now. */
  readonly tokens: Map<string, string>;
  /** Writes that it took, as `PUT /api/…`. */
  readonly writes: string[];
  readonly plugins: Set<string>;
  /** The next requests are answered so, one each, before anything is done; with a number of times. */
  fail(status: number, times: number, of?: RegExp): void;
  close(): Promise<void>;
}

type Answer = readonly [status: number, body: unknown];

const PRECONDITION = 412;

/** Starts it on a free port, with nothing in it. */
export async function startGrafana(): Promise<GrafanaServer> {
  const dataSources = new Map<string, Item>();
  const folders = new Map<string, Item>();
  const boards = new Map<string, Item>();
  const tokens = new Map<string, string>();
  const writes: string[] = [];
  const plugins = new Set<string>();
  let failures: { status: number; times: number; of: RegExp }[] = [];
  let minted = 0;

  const ofAws = (method: string, path: string, body: Json): Answer => {
    const [, , workspace, , account, , id = ""] = path.split("/");
    if (method === "DELETE") {
      tokens.delete(id);
      return [200, { tokenId: id, serviceAccountId: account, workspaceId: workspace }];
    }
    const seconds = Number(body.secondsToLive);
    if (workspace !== "g-0123456789" || account !== "4" || !(seconds > 0 && seconds <= 3600))
      return [403, { message: "not this account" }];
    const tokenId = String(++minted);
    tokens.set(tokenId, `glsa_${tokenId}`);
    const serviceAccountToken = { id: tokenId, name: body.name, key: `glsa_${tokenId}` };
    return [200, { serviceAccountToken, serviceAccountId: account, workspaceId: workspace }];
  };

  const ofDataSources = (method: string, uid: string, body: Json): Answer => {
    const before = dataSources.get(uid);
    if (method === "GET")
      return before === undefined ? [404, { message: "Data source not found" }] : [200, before];
    const name = String(body.name);
    const isTaken = [...dataSources.values()].some((one) => one.name === name && one.uid !== body.uid);
    if (method === "POST" && (isTaken || dataSources.has(String(body.uid))))
      return [409, { message: "data source with the same name already exists" }];
    if (method === "PUT" && before === undefined) return [404, { message: "Data source not found" }];
    const item = { ...body, uid: String(body.uid), version: (before?.version ?? 0) + 1, readOnly: false };
    dataSources.set(item.uid, item as unknown as Item);
    return [
      200,
      { datasource: item, message: method === "POST" ? "Datasource added" : "Datasource updated" },
    ];
  };

  const ofFolders = (method: string, uid: string, body: Json): Answer => {
    const before = folders.get(uid);
    if (method === "GET")
      return before === undefined ? [404, { message: "folder not found" }] : [200, before];
    const title = String(body.title);
    if ([...folders.values()].some((one) => one.title === title && one.uid !== (uid || body.uid)))
      return [409, { message: "a folder with the same name already exists" }];
    if (method === "POST" && folders.has(String(body.uid)))
      return [PRECONDITION, { message: "the folder has been changed by someone else" }];
    if (method === "PUT" && body.overwrite !== true && body.version !== before?.version)
      return [PRECONDITION, { message: "the folder has been changed by someone else" }];
    const item = { uid: uid || String(body.uid), title, version: (before?.version ?? 0) + 1 };
    folders.set(item.uid, item);
    return [200, item];
  };

  const ofBoards = (method: string, uid: string, body: Json): Answer => {
    if (method === "GET") {
      const found = boards.get(uid);
      if (found === undefined) return [404, { message: "Dashboard not found" }];
      const { folderUid, ...dashboard } = found;
      return [200, { dashboard, meta: { folderUid, provisioned: false } }];
    }
    if (method === "DELETE")
      return boards.delete(uid) ? [200, { message: "deleted" }] : [404, { message: "Dashboard not found" }];
    const { dashboard, folderUid, overwrite } = body as Json & { dashboard: Item; folderUid?: string };
    if (folderUid !== undefined && !folders.has(folderUid)) return [404, { message: "folder not found" }];
    const before = boards.get(dashboard.uid);
    if (before !== undefined && overwrite !== true && before.version !== dashboard.version)
      return [
        PRECONDITION,
        { message: "the dashboard has been changed by someone else", status: "version-mismatch" },
      ];
    const version = (before?.version ?? 0) + 1;
    boards.set(dashboard.uid, { ...dashboard, id: 7, version, folderUid } as Item);
    return [200, { uid: dashboard.uid, status: "success", version }];
  };

  const search = ({ searchParams }: URL): Answer => [
    200,
    [...boards.values()]
      .filter(({ tags = [] }) => tags.includes(searchParams.get("tag") ?? ""))
      .map(({ uid, title, tags, folderUid }) => ({ uid, title, tags, folderUid, type: "dash-db" })),
  ];

  const answer = (request: IncomingMessage, url: URL, body: Json): Answer => {
    const { method = "GET" } = request;
    const { pathname } = url;
    const failure = failures.find(({ of }) => of.test(`${method} ${pathname}`));
    if (failure !== undefined) {
      failures = failures.filter((one) => one !== failure || --one.times > 0);
      const denied = { __type: "AccessDeniedException", message: "not allowed yet" };
      return [failure.status, failure.status === 403 ? denied : { message: "not now" }];
    }
    if (pathname.startsWith("/workspaces/")) return ofAws(method, pathname, body);
    const token = request.headers.authorization?.replace("Bearer ", "") ?? "";
    if (![...tokens.values()].includes(token)) return [401, { message: "invalid API key" }];
    const last = pathname.split("/").at(-1) ?? "";
    const uid = pathname.includes("/uid/") || /^\/api\/folders\/./.test(pathname) ? last : "";
    if (method !== "GET") writes.push(`${method} ${pathname}`);
    if (pathname.startsWith("/api/datasources")) return ofDataSources(method, uid, body);
    if (pathname.startsWith("/api/folders")) return ofFolders(method, uid, body);
    if (pathname.startsWith("/api/dashboards")) return ofBoards(method, uid, body);
    if (pathname === "/api/search") return search(url);
    const plugin = /^\/api\/plugins\/([\w-]+)\/settings$/.exec(pathname)?.[1] ?? "";
    return plugins.has(plugin) ? [200, { id: plugin }] : [404, { message: "Plugin not found" }];
  };

  const server = createServer((request, response) => {
    let text = "";
    request.on("data", (chunk: Buffer) => {
      text += chunk.toString();
    });
    request.on("end", () => {
      const url = new URL(request.url ?? "/", "http://localhost");
      const [status, body] = answer(request, url, text === "" ? {} : (JSON.parse(text) as Json));
      response.writeHead(status, { "Content-Type": "application/json" }).end(JSON.stringify(body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    ...{ dataSources, folders, boards, tokens, writes, plugins },
    fail: (status, times, of = /./) => void failures.push({ status, times, of }),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

type Json = Record<string, unknown>;
