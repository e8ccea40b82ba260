/** A piece of a line. */
export type Inline =
  | { readonly kind: "text" | "code" | "strong" | "em"; readonly text: string }
  | { readonly kind: "link"; readonly text: string; readonly to: string };

/** A piece of a page. */
export type Block =
  | { readonly kind: "heading"; readonly level: number; readonly text: readonly Inline[] }
  | { readonly kind: "paragraph"; readonly text: readonly Inline[] }
  | {
      readonly kind: "list";
      readonly isOrdered: boolean;
      readonly start: number;
      readonly items: readonly (readonly Inline[])[];
    }
  | { readonly kind: "code"; readonly language: string; readonly text: string };

const HEADING = /^(#{1,4}) (.*)$/;
const ITEM = /^ {0,3}(?:[-*]|(\d+)\.) (.*)$/;
/** What stands behind the language is for programs that read the page. */
const FENCE = /^```(\w*)(?: .*)?$/;

/** What stands before a page for the tests that rehearse it. */
const HEAD = /^---\n[\s\S]*?\n---\n/;

/** Reads the Markdown that runbooks are written in: headings, paragraphs, flat lists and code. What it does not know stays text. */
export function markdownBlocks(markdown: string): Block[] {
  const lines = markdown.replace(HEAD, "").split("\n");
  const blocks: Block[] = [];
  for (let at = 0; at < lines.length; ) {
    const [block, next] = blockAt(lines, at);
    if (block !== undefined) blocks.push(block);
    at = next;
  }
  return blocks;
}

function blockAt(lines: readonly string[], at: number): [Block | undefined, number] {
  const line = lines[at] ?? "";
  if (line.trim() === "") return [undefined, at + 1];
  const [, hashes, heading = ""] = HEADING.exec(line) ?? [];
  if (hashes !== undefined)
    return [{ kind: "heading", level: hashes.length, text: inlines(heading) }, at + 1];
  const language = FENCE.exec(line)?.[1];
  if (language !== undefined) {
    const end = lines.findIndex((each, index) => index > at && each === "```");
    const last = end < 0 ? lines.length : end;
    return [{ kind: "code", language, text: lines.slice(at + 1, last).join("\n") }, last + 1];
  }
  const first = ITEM.exec(line);
  if (first === null) {
    const end = endOf(
      lines,
      at,
      (each) => each.trim() === "" || HEADING.test(each) || FENCE.test(each) || ITEM.test(each),
    );
    return [{ kind: "paragraph", text: inlines(lines.slice(at, end).join(" ")) }, end];
  }
  const end = endOf(lines, at, (each) => each.trim() === "" || HEADING.test(each) || FENCE.test(each));
  const items: string[] = [];
  for (const each of lines.slice(at, end)) {
    const item = ITEM.exec(each)?.[2];
    if (item !== undefined) items.push(item);
    else items.push(`${items.pop() ?? ""} ${each.trim()}`);
  }
  const isOrdered = first[1] !== undefined;
  return [{ kind: "list", isOrdered, start: Number(first[1] ?? 1), items: items.map(inlines) }, end];
}

function endOf(lines: readonly string[], at: number, isEnd: (line: string) => boolean): number {
  const end = lines.findIndex((line, index) => index > at && isEnd(line));
  return end < 0 ? lines.length : end;
}

const INLINE = /`([^`]+)`|\*\*([^*]+)\*\*|\*([^*]+)\*|\[([^\]]+)\]\(([^)]+)\)/;

function inlines(text: string): Inline[] {
  const found = INLINE.exec(text);
  if (found === null) return text === "" ? [] : [{ kind: "text", text }];
  const [whole, code, strong, em, link, to = ""] = found;
  const before = text.slice(0, found.index);
  const inline: Inline =
    code !== undefined
      ? { kind: "code", text: code }
      : strong !== undefined
        ? { kind: "strong", text: strong }
        : em !== undefined
          ? { kind: "em", text: em }
          : { kind: "link", text: link ?? "", to };
  return [
    ...(before === "" ? [] : [{ kind: "text", text: before } as const]),
    inline,
    ...inlines(text.slice(found.index + whole.length)),
  ];
}
