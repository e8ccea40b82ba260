/// <reference types="vite/client" />

const FILES: Readonly<Record<string, string>> = import.meta.glob("../../../../../runbooks/*.md", {
  query: "?raw",
  import: "default",
  eager: true,
});

/** Every runbook's Markdown by its name, as it is in the repository: it can be read while everything else is down. */
export const RUNBOOKS: ReadonlyMap<string, string> = new Map(
  Object.entries(FILES)
    .map(([path, text]): [string, string] => [path.replace(/^.*\/|\.md$/g, ""), text])
    .filter(([name]) => name !== "README"),
);
