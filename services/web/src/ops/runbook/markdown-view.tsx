import { Fragment } from "react";
import { runbookAddress } from "../state/use-route.ts";
import { CodeBlock } from "./code-block.tsx";
import { type Block, type Inline, markdownBlocks } from "./markdown.ts";

/** A runbook's Markdown on the page. Nothing of it is taken as HTML. */
export function MarkdownView({ text }: { readonly text: string }) {
  return markdownBlocks(text).map((block, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: a page's blocks never move
    <BlockView key={index} block={block} />
  ));
}

function BlockView({ block }: { readonly block: Block }) {
  switch (block.kind) {
    case "heading": {
      const Heading = `h${block.level}` as "h1" | "h2" | "h3" | "h4";
      return (
        <Heading>
          <Inlines text={block.text} />
        </Heading>
      );
    }
    case "paragraph":
      return (
        <p>
          <Inlines text={block.text} />
        </p>
      );
    case "code":
      return <CodeBlock {...block} />;
    case "list": {
      const items = block.items.map((item, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a page's items never move
        <li key={index}>
          <Inlines text={item} />
        </li>
      ));
      return block.isOrdered ? <ol start={block.start}>{items}</ol> : <ul>{items}</ul>;
    }
  }
}

function Inlines({ text }: { readonly text: readonly Inline[] }) {
  return text.map((inline, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: a line's pieces never move
    <Fragment key={index}>
      <InlineView inline={inline} />
    </Fragment>
  ));
}

function InlineView({ inline }: { readonly inline: Inline }) {
  switch (inline.kind) {
    case "text":
      return inline.text;
    case "code":
      return <code>{inline.text}</code>;
    case "strong":
      return <strong>{inline.text}</strong>;
    case "em":
      return <em>{inline.text}</em>;
    case "link": {
      const name = /^([\w-]+)\.md(#.*)?$/.exec(inline.to)?.[1];
      // Other pages are in the repository, not here.
      return name === undefined ? inline.text : <a href={runbookAddress(name)}>{inline.text}</a>;
    }
  }
}
