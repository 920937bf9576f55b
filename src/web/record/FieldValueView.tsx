// One field of one record, read only: in tables, cards, facts and relations alike. Masks come with their lock; what may
// be revealed is revealed one value at a time.
import { Tooltip } from "@mantine/core";
import { Lock, Mail, Phone } from "lucide-react";
import type { ReactNode } from "react";
import { Link } from "react-router";
import type { RecordView } from "../../contract/record-verbs.ts";
import type { SchemaField } from "../../contract/schema-verbs.ts";
import { useMe } from "../query.ts";
import { Masked } from "../ui/Masked.tsx";
import { valueWords } from "../words/records.ts";
import { useLanguage } from "../words/words.ts";
import { recordPath } from "../frame/places.ts";
import { revealValue } from "./reveal-value.ts";
import { type Names, fieldText, phoneText, valueOf } from "./value-text.ts";
import styles from "./record.module.css";

interface Props {
  readonly record: RecordView;
  readonly field: SchemaField;
  readonly names: Names;
  /** In tables: buttons come with pointer or focus only, texts stay on one line. */
  readonly quiet?: boolean;
  /** Without links: where the whole row is one. */
  readonly plain?: boolean;
}

export function FieldValueView({ record, field, names, quiet = false, plain = false }: Props): ReactNode {
  const { t, language, format } = useLanguage();
  const mask = record.masked[field.key];
  if (mask !== undefined) return <MaskedValue record={record} field={field} mask={mask} quiet={quiet} />;
  const value = valueOf(record, field.key);
  if (value === null || value === "")
    return quiet ? null : <span className={styles["none"]}>{t(valueWords.none)}</span>;
  const text = fieldText(record, field, names, { t, format });
  switch (field.type) {
    case "reference": {
      const known = names[String(value)] !== undefined;
      const path = field.target === undefined ? undefined : recordPath(field.target, String(value));
      if (!known || plain || path === undefined)
        return <span className={known ? undefined : styles["none"]}>{text}</span>;
      return (
        <Link
          to={path}
          className={
            quiet || field.target === "user" || field.target === "department" ? styles["quietLink"] : undefined
          }
          onClick={(event) => event.stopPropagation()}
          tabIndex={quiet ? -1 : undefined}
        >
          {text}
        </Link>
      );
    }
    case "url":
      return plain || quiet ? (
        text
      ) : (
        <a href={String(value)} target="_blank" rel="noreferrer noopener">
          {text}
        </a>
      );
    case "long_text":
      return <span className={quiet ? undefined : styles["longText"]}>{text}</span>;
    case "datetime":
      return quiet ? (
        <time dateTime={String(value)}>{text}</time>
      ) : (
        <Tooltip label={format.exact(String(value))}>
          <time dateTime={String(value)} lang={language}>
            {text}
          </time>
        </Tooltip>
      );
    default:
      return text;
  }
}

interface MaskedProps {
  readonly record: RecordView;
  readonly field: SchemaField;
  readonly mask: string;
  readonly quiet: boolean;
}

function MaskedValue({ record, field, mask, quiet }: MaskedProps): ReactNode {
  const { t, language } = useLanguage();
  const me = useMe();
  const may = field.class === 3 && (field.level === "read" || field.level === "write");
  const whyNot = t(me?.confirmed === false ? valueWords.unconfirmedDevice : valueWords.roleMasks);
  // In a row there is nothing to press here: the click is the row's.
  if (quiet && !may) {
    return (
      <span className={styles["mask"]} title={whyNot}>
        <Lock size="1em" className={styles["lock"]} aria-label={t(valueWords.masked)} /> {mask}
      </span>
    );
  }
  return (
    <Masked
      mask={mask}
      fieldClass={field.class === 3 ? 3 : 2}
      name={t(field.labels)}
      quiet={quiet}
      onReveal={may ? (signal) => revealValue(record.object, record.id, field.key, signal) : undefined}
      whyNot={whyNot}
      render={(value) => <Reachable type={field.type} value={value} />}
      copied={field.type === "phone" ? (value) => phoneText(value, language).replaceAll(" ", "") : undefined}
    />
  );
}

/** A revealed number or address with the way to use it. */
function Reachable({ type, value }: { readonly type: string; readonly value: string }): ReactNode {
  const { t, language } = useLanguage();
  if (type !== "phone" && type !== "email") return value;
  const phone = type === "phone";
  const label = t(phone ? valueWords.call : valueWords.mail);
  return (
    <span className={styles["reachable"]}>
      <span className={phone ? styles["number"] : undefined}>{phone ? phoneText(value, language) : value}</span>
      <a
        href={`${phone ? "tel" : "mailto"}:${phone ? value.replaceAll(/[^+\d]/gu, "") : value}`}
        aria-label={label}
        title={label}
      >
        {phone ? <Phone size="1em" aria-hidden /> : <Mail size="1em" aria-hidden />}
      </a>
    </span>
  );
}
