import { type ReactNode, useLayoutEffect, useRef } from "react";

/** A modal dialog of the browser: focus stays in it, Escape and a click beside it close it. */
export function Dialog(props: {
  readonly title: string;
  readonly onClose: () => void;
  readonly children: ReactNode;
}) {
  const { title, onClose, children } = props;
  const element = useRef<HTMLDialogElement>(null);
  useLayoutEffect(() => {
    const dialog = element.current;
    dialog?.showModal();
    return () => {
      // The browser goes back to where the keyboard was; if that is gone, to the account's button.
      dialog?.close();
      if (document.activeElement === document.body)
        document.querySelector<HTMLElement>(".top > button:last-of-type")?.focus();
    };
  }, []);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Escape closes a dialog by itself
    <dialog
      ref={element}
      aria-label={title}
      onClose={onClose}
      onClick={(event) => {
        if (event.target === element.current) onClose();
      }}
    >
      <header>
        <h2>{title}</h2>
        <button type="button" className="quiet icon" aria-label="Close" onClick={onClose}>
          ✕
        </button>
      </header>
      <div className="body">{children}</div>
    </dialog>
  );
}
