import { type DataFolder, openDataFolder } from "#shared/adapters/embedded/data-folder.ts";
import type { BackendName } from "../cli/options.ts";
import { platformLayout } from "./layouts.ts";

export interface PlatformFolderOptions {
  readonly fresh: boolean;
  readonly backend: BackendName;
  readonly regions: number;
}

/**
 * Opens the data folder of a platform of processes. Servers that play AWS begin empty, so what an earlier run on them left is forgotten; another platform's data never is, unless `fresh` says so. Throws as `openDataFolder` does.
 */
export function openPlatformFolder(
  path: string,
  { fresh, backend, regions }: PlatformFolderOptions,
): DataFolder {
  const layout = platformLayout(regions, backend);
  const folder = openDataFolder(path, { fresh, layout });
  if (backend === "embedded" || fresh) return folder;
  folder.close();
  return openDataFolder(path, { fresh: true, layout });
}
