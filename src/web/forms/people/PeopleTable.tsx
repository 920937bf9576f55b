// The table of people, and what may be done with each of them.
import { ActionIcon, Menu } from "@mantine/core";
import { Ellipsis } from "lucide-react";
import type { ReactNode } from "react";
import { Link } from "react-router";
import type { RecordView } from "../../../contract/record-verbs.ts";
import type { SchemaObject } from "../../../contract/schema-verbs.ts";
import { recordPath } from "../../frame/places.ts";
import { useMe } from "../../query.ts";
import { FieldValueView } from "../../record/FieldValueView.tsx";
import { nameOf } from "../../record/value-text.ts";
import { PlainTable } from "../../table/PlainTable.tsx";
import { Avatar } from "../../ui/Avatar.tsx";
import { peopleWords as w } from "../../words/admin.ts";
import { valueWords } from "../../words/records.ts";
import { useLanguage } from "../../words/words.ts";
import styles from "./people.module.css";
import { useRoles } from "./use-people.ts";

export type PersonAct = "roles" | "devices" | "disable" | "enable" | "invite" | "reset";

interface TableProps {
  readonly object: SchemaObject;
  readonly rows: readonly RecordView[];
  readonly names: Readonly<Record<string, string>>;
  readonly members: ReadonlyMap<string, readonly string[]> | undefined;
  readonly onAct: (act: PersonAct, person: RecordView, name: string) => void;
}

export function PeopleTable({ object, rows, names, members, onAct }: TableProps): ReactNode {
  const { t, format } = useLanguage();
  const roles = useRoles();
  const shown = ["email", "jobTitle"].flatMap((key) => object.fields.find((field) => field.key === key) ?? []);
  const department = object.fields.find(({ key }) => key === "department");
  const status = object.fields.find(({ key }) => key === "status");
  const head = [
    t(w.name),
    ...shown.map((field) => t(field.labels)),
    t(w.department),
    ...(members ? [t(w.roles)] : []),
    t(w.status),
    ...(members ? [""] : []),
  ];
  return (
    <PlainTable label={t(w.title)} head={head} optional={[1, 2, 3].slice(0, shown.length + 1)}>
      {rows.map((person) => {
        const name = nameOf(person, object.nameField) || t(valueWords.unknownRecord);
        const held = members?.get(person.id) ?? [];
        const state = String(person.values["status"] ?? "");
        return (
          <tr key={person.id}>
            <th scope="row">
              <span className={styles["person"]}>
                <Avatar name={name} />
                <Link to={recordPath("user", person.id) ?? "."}>{name}</Link>
              </span>
            </th>
            {shown.map((field) => (
              <td key={field.key} data-optional>
                <FieldValueView record={person} field={field} names={names} quiet />
              </td>
            ))}
            <td data-optional>
              {department && person.department !== null ? (
                <FieldValueView record={person} field={department} names={names} quiet plain />
              ) : (
                <span className={styles["second"]}>{t(w.noDepartment)}</span>
              )}
            </td>
            {members && (
              <td className={styles["roles"]}>
                {held.length > 0 ? (
                  format.list(
                    held.flatMap((key) => roles.find((role) => role.key === key) ?? []).map((role) => t(role.labels)),
                  )
                ) : (
                  <span className={styles["second"]}>{t(w.noRole)}</span>
                )}
              </td>
            )}
            <td>
              <span className={styles["state"]} data-state={state}>
                {status && <FieldValueView record={person} field={status} names={names} quiet />}
              </span>
            </td>
            {members && (
              <td data-end>
                <PersonMenu person={person} name={name} state={state} onAct={onAct} />
              </td>
            )}
          </tr>
        );
      })}
    </PlainTable>
  );
}

function PersonMenu({
  person,
  name,
  state,
  onAct,
}: {
  readonly person: RecordView;
  readonly name: string;
  readonly state: string;
  readonly onAct: TableProps["onAct"];
}): ReactNode {
  const { t } = useLanguage();
  const me = useMe();
  const self = person.id === me?.userId;
  const mayAssign = me?.capabilities.includes("roles.manage") ?? false;
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <ActionIcon aria-label={t(w.actions, { name })}>
          <Ellipsis size="1em" aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {mayAssign && (
          <Menu.Item
            disabled={self}
            title={self ? t(w.ownRoles) : undefined}
            onClick={() => onAct("roles", person, name)}
          >
            {t(w.changeRoles)}
          </Menu.Item>
        )}
        {state === "invited" && <Menu.Item onClick={() => onAct("invite", person, name)}>{t(w.invite)}</Menu.Item>}
        <Menu.Item onClick={() => onAct("devices", person, name)}>{t(w.devices)}</Menu.Item>
        {state === "active" && (
          <Menu.Item
            disabled={self}
            title={self ? t(w.resetOwn) : undefined}
            onClick={() => onAct("reset", person, name)}
          >
            {t(w.reset)}
          </Menu.Item>
        )}
        <Menu.Divider />
        {state === "disabled" ? (
          <Menu.Item onClick={() => onAct("enable", person, name)}>{t(w.enable)}</Menu.Item>
        ) : (
          <Menu.Item
            color="danger"
            disabled={self}
            title={self ? t(w.ownStatus) : undefined}
            onClick={() => onAct("disable", person, name)}
          >
            {t(w.disable)}
          </Menu.Item>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}
