export interface MarkdownTable {
  readonly columns: readonly string[];
  /** Cells by the names of their columns. */
  readonly rows: readonly Readonly<Record<string, string>>[];
}

/** The tables of a page by the heading under which each stands; the last one where there are several. */
export function tablesOf(markdown: string): Map<string, MarkdownTable> {
  const tables = new Map<string, MarkdownTable>();
  let heading = "";
  let lines: string[][] = [];
  for (const line of [...markdown.split("\n"), ""]) {
    if (line.startsWith("#")) heading = line.replace(/^#+ /, "");
    if (line.startsWith("| ")) {
      lines.push(line.slice(2, -2).split(" | "));
      continue;
    }
    const [columns, , ...rows] = lines;
    if (columns !== undefined) {
      const named = (cells: string[]) =>
        Object.fromEntries(columns.map((column, at) => [column, cells[at] ?? ""]));
      tables.set(heading, { columns, rows: rows.map(named) });
    }
    lines = [];
  }
  return tables;
}
