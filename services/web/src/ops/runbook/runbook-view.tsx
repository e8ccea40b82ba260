import { useEffect, useState } from "react";
import { runbookOf } from "#dashboards/alerts/alert.ts";
import { ALERTS } from "#dashboards/alerts/alerts.ts";
import { boardAddress, RUNBOOKS_ADDRESS, runbookAddress } from "../state/use-route.ts";
import { MarkdownView } from "./markdown-view.tsx";

type Texts = ReadonlyMap<string, string>;

/** A runbook, or the list of all where no name is given. */
export function RunbookView({ name }: { readonly name: string | undefined }) {
  const [texts, setTexts] = useState<Texts>();
  useEffect(() => {
    void import("./runbook-texts.ts").then(({ RUNBOOKS }) => setTexts(RUNBOOKS));
  }, []);
  if (texts === undefined) return <p className="empty">Opening …</p>;
  if (name === undefined) return <RunbookList texts={texts} />;
  const text = texts.get(name);
  const alert = ALERTS.find((one) => runbookOf(one) === name);
  return (
    <main className="runbook panel" id="ops">
      <nav aria-label="Around this page">
        <a href={RUNBOOKS_ADDRESS}>All runbooks</a>
        {alert !== undefined && <a href={boardAddress(alert.panel.split("/")[0] ?? "")}>Its board</a>}
      </nav>
      {text === undefined ? <p>There is no runbook of this name.</p> : <MarkdownView text={text} />}
    </main>
  );
}

function RunbookList({ texts }: { readonly texts: Texts }) {
  const ofAlerts = new Map(ALERTS.map((alert) => [runbookOf(alert), alert]));
  const operations = [...texts.keys()].filter((name) => !ofAlerts.has(name));
  const title = (name: string) => /^# (.*)$/m.exec(texts.get(name) ?? "")?.[1] ?? name;
  return (
    <main className="runbook panel" id="ops">
      <h1>Runbooks</h1>
      <h2>Operations</h2>
      <ul>
        {operations.map((name) => (
          <li key={name}>
            <a href={runbookAddress(name)}>{title(name)}</a>
          </li>
        ))}
      </ul>
      <h2>Alerts</h2>
      <ul>
        {[...ofAlerts].map(([name, { severity, description }]) => (
          <li key={name}>
            <a href={runbookAddress(name)}>{title(name)}</a> <small className="soft">{severity}</small>
            <br />
            {description}
          </li>
        ))}
      </ul>
    </main>
  );
}
