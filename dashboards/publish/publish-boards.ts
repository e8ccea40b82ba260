import { BUILT_IN, type DataSource } from "./data-sources.ts";
import { type GrafanaAnswer, type GrafanaApi, GrafanaRefused } from "./grafana-api.ts";

/** A dashboard as its JSON is; the uid says which it is. */
export interface BoardJson {
  readonly uid: string;
  readonly title: string;
}

export interface PublishedContent {
  readonly dataSources: readonly DataSource[];
  readonly boards: readonly BoardJson[];
}

/** What was done: uids. What was as it must be is not named. */
export interface Published {
  readonly written: readonly string[];
  readonly removed: readonly string[];
  /** Data sources whose plugin the workspace lacks. */
  readonly leftOut: readonly string[];
}

const FOLDER = { uid: "meridian", title: "Meridian" };
/** All boards of ours bear it; a person's own board in the folder does not, and stays. */
const TAG = "meridian";
const SEARCH_MAX = 1000;
/** Somebody else may write at the same moment. */
const TRIES_MAX = 3;

/**
 * Brings data sources, a folder and its boards into a Grafana, each under its uid: what is there already is compared and written only if it differs, what is no longer ours is deleted. Twice is once. Throws `GrafanaRefused`; what was
 * done until then stays, and the next time goes on from there.
 */
export async function publishBoards(
  api: GrafanaApi,
  { dataSources, boards }: PublishedContent,
): Promise<Published> {
  const written: string[] = [];
  const leftOut: string[] = [];
  for (const source of dataSources) {
    if (!(await isInstalled(api, source.type))) leftOut.push(source.uid);
    else if (await putDataSource(api, source)) written.push(source.uid);
  }
  if (await putFolder(api)) written.push(FOLDER.uid);
  for (const board of boards) if (await putBoard(api, board)) written.push(board.uid);
  return { written, removed: await removeOthers(api, boards), leftOut };
}

async function isInstalled(api: GrafanaApi, type: string): Promise<boolean> {
  if (BUILT_IN.includes(type)) return true;
  return isThere(await api.ask("GET", `/api/plugins/${type}/settings`, { also: [404] }));
}

/** True if something was written. */
async function putDataSource(api: GrafanaApi, source: DataSource): Promise<boolean> {
  const path = `/api/datasources/uid/${source.uid}`;
  for (let tries = 0; tries < TRIES_MAX; tries++) {
    const before = await api.ask("GET", path, { also: [404] });
    if (isThere(before)) {
      if (holds(before.body, source)) return false;
      await api.ask("PUT", path, { body: source });
      return true;
    }
    const made = await api.ask("POST", "/api/datasources", { body: source, also: [409] });
    if (isThere(made)) return true;
  }
  throw new GrafanaRefused(`another data source is called "${source.name}": rename or delete it`);
}

async function putFolder(api: GrafanaApi): Promise<boolean> {
  const path = `/api/folders/${FOLDER.uid}`;
  for (let tries = 0; tries < TRIES_MAX; tries++) {
    const before = await api.ask("GET", path, { also: [404] });
    if (isThere(before)) {
      if (holds(before.body, FOLDER)) return false;
      const body = { ...FOLDER, overwrite: true };
      if (isThere(await api.ask("PUT", path, { body, also: [409, 412] }))) return true;
    } else if (isThere(await api.ask("POST", "/api/folders", { body: FOLDER, also: [409, 412] }))) {
      return true;
    }
  }
  throw new GrafanaRefused(`another folder is called "${FOLDER.title}": rename or delete it`);
}

async function putBoard(api: GrafanaApi, board: BoardJson): Promise<boolean> {
  const message = "written from the repository";
  const body = { dashboard: { ...board, id: null }, folderUid: FOLDER.uid, overwrite: true, message };
  let refusal: GrafanaAnswer | undefined;
  for (let tries = 0; tries < TRIES_MAX; tries++) {
    const before = await api.ask("GET", `/api/dashboards/uid/${board.uid}`, { also: [404] });
    if (isThere(before)) {
      const { dashboard, meta } = before.body as { dashboard?: unknown; meta?: { folderUid?: string } };
      if (meta?.folderUid === FOLDER.uid && holds(dashboard, board)) return false;
    }
    refusal = await api.ask("POST", "/api/dashboards/db", { body, also: [409, 412] });
    if (isThere(refusal)) return true;
  }
  const { message: why = "" } = (refusal?.body ?? {}) as { message?: string };
  throw new GrafanaRefused(`the board ${board.uid} is not taken: ${why}`);
}

/** Deletes boards of ours that are gone from the code; their uids. */
async function removeOthers(api: GrafanaApi, boards: readonly BoardJson[]): Promise<readonly string[]> {
  const wanted = new Set(boards.map(({ uid }) => uid));
  const { body } = await api.ask("GET", `/api/search?type=dash-db&tag=${TAG}&limit=${SEARCH_MAX}`);
  const found = body as readonly { readonly uid: string; readonly folderUid?: string }[];
  const gone = found.filter(({ uid, folderUid }) => folderUid === FOLDER.uid && !wanted.has(uid));
  for (const { uid } of gone) await api.ask("DELETE", `/api/dashboards/uid/${uid}`, { also: [404] });
  return gone.map(({ uid }) => uid);
}

function isThere({ status }: GrafanaAnswer): boolean {
  return status < 300;
}

/** True if everything that is wanted is there so; what Grafana adds by itself does not count. */
function holds(present: unknown, wanted: unknown): boolean {
  if (Array.isArray(wanted))
    return (
      Array.isArray(present) &&
      present.length === wanted.length &&
      wanted.every((one, at) => holds(present[at], one))
    );
  if (typeof wanted !== "object" || wanted === null) return present === wanted;
  if (typeof present !== "object" || present === null) return false;
  return Object.entries(wanted).every(
    ([name, value]) => value === undefined || holds((present as Record<string, unknown>)[name], value),
  );
}
