import { useState } from "react";

/** A command or what it must show; commands can be taken along with one touch. */
export function CodeBlock({ language, text }: { readonly language: string; readonly text: string }) {
  const [isCopied, setCopied] = useState(false);
  const copy = async () => {
    await navigator.clipboard.writeText(text);
    setCopied(true);
  };
  const canCopy = language === "sh" && "clipboard" in navigator;
  return (
    <div className="code" data-language={language}>
      <pre>{text}</pre>
      {canCopy && (
        <button type="button" className="quiet" onClick={() => void copy()}>
          {isCopied ? "Copied" : "Copy"}
        </button>
      )}
    </div>
  );
}
