import { type Store, useStore } from "../state/store.ts";

/** What has just happened, told to eyes and to screen readers. */
export function Notices({ store }: { readonly store: Store }) {
  const notices = useStore(store, (state) => state.notices);
  return (
    <div className="notices" role="status" aria-live="polite">
      {notices.map(({ id, tone, text }) => (
        <p key={id} className={tone}>
          {text}
        </p>
      ))}
    </div>
  );
}
