// Lines under the top bar that concern one's own safety: this device waits to be confirmed; another one was bound.
import { Button } from "@mantine/core";
import { Lock, MonitorSmartphone } from "lucide-react";
import { useState } from "react";
import { Link } from "react-router";
import type { CallOutput } from "../endpoint-types.ts";
import { frameWords as w } from "../words/frame.ts";
import { useLanguage } from "../words/words.ts";
import css from "./frame.module.css";

const toldForMs = 24 * 60 * 60_000;

export function Notices({ session }: { readonly session: CallOutput<"currentSession"> | undefined }) {
  const { t, format } = useLanguage();
  const [dismissed, setDismissed] = useState<ReadonlySet<string>>(new Set());
  if (!session) return null;
  const now = Date.parse(session.serverTime);
  const news = session.news.filter(
    ({ kind, deviceId, at }) =>
      kind === "device_bound" && !dismissed.has(deviceId) && at > session.startedAt && now - Date.parse(at) < toldForMs,
  );
  return (
    <>
      {!session.confirmed && (
        <div className={css["notice"]} role="status">
          <span className={css["noticeText"]}>
            <Lock size={16} aria-hidden="true" />
            {t(w.unconfirmed)}
          </span>
          <Link to="/devices">{t(w.confirmNow)}</Link>
        </div>
      )}
      {news.map(({ deviceId, family, at }) => (
        <div key={deviceId} className={css["notice"]} role="status">
          <span className={css["noticeText"]}>
            <MonitorSmartphone size={16} aria-hidden="true" />
            {t(w.news, { family, when: format.relative(at) })}
          </span>
          <Link to="/devices">{t(w.newsCheck)}</Link>
          <Button
            size="compact-sm"
            variant="subtle"
            onClick={() => setDismissed((before) => new Set([...before, deviceId]))}
          >
            {t(w.newsDismiss)}
          </Button>
        </div>
      ))}
    </>
  );
}
