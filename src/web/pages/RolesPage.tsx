// Roles in plain words: which rows, which fields, which capabilities; and a box that explains a decision.
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import type { Scope } from "../../contract/roles.ts";
import type { SensitivityClass } from "../../contract/field.ts";
import type { SchemaObject } from "../../contract/record-verbs.ts";
import type { CallOutput } from "../endpoint-types.ts";
import { useMembers } from "../forms/people/use-people.ts";
import { ExplainBox } from "../forms/roles/ExplainBox.tsx";
import { apiQuery, useSchema } from "../query.ts";
import { PlainTable } from "../table/PlainTable.tsx";
import { ClassDot } from "../ui/ClassDot.tsx";
import { ErrorState } from "../ui/ErrorState.tsx";
import { PageHeader } from "../ui/PageHeader.tsx";
import { Page, Panel } from "../ui/Panel.tsx";
import { SkeletonRows } from "../ui/SkeletonRows.tsx";
import { actionWords, capabilityWords, levelWords, roleWords as w, scopeWords } from "../words/admin.ts";
import { useLanguage } from "../words/words.ts";
import styles from "../forms/roles/roles.module.css";

type Role = CallOutput<"listRoles">["roles"][number];

const actions = ["view", "create", "edit", "delete", "import"] as const;
const classes = [0, 1, 2, 3] as const satisfies readonly SensitivityClass[];

export default function RolesPage(): ReactNode {
  const { t } = useLanguage();
  const schema = useSchema().data;
  const list = useQuery(apiQuery("listRoles"));
  const members = useMembers();
  const count = (role: string): number => [...(members?.values() ?? [])].filter((roles) => roles.includes(role)).length;
  return (
    <Page wide>
      <PageHeader title={t(w.title)} count={list.data?.roles.length} lead={t(w.intro)} />
      <ExplainBox />
      {list.error && <ErrorState problem={list.error} onRetry={() => void list.refetch()} />}
      {list.isPending && <SkeletonRows rows={10} columns={5} />}
      {schema &&
        list.data?.roles.map((role) => (
          <RoleCard key={role.key} role={role} objects={schema.objects} members={members && count(role.key)} />
        ))}
    </Page>
  );
}

function RoleCard({
  role,
  objects,
  members,
}: {
  readonly role: Role;
  readonly objects: readonly SchemaObject[];
  readonly members: number | undefined;
}): ReactNode {
  const { t, format } = useLanguage();
  const granted = objects.filter(({ key }) =>
    Object.values(role.objects[key]?.actions ?? {}).some((scope) => scope !== "none"),
  );
  const fieldName = (object: SchemaObject, key: string): string => {
    const field = object.fields.find((one) => one.key === key);
    return field ? t(field.labels) : key;
  };
  return (
    <Panel
      title={t(role.labels)}
      text={t(role.description)}
      actions={
        members !== undefined && (
          <span className={styles["second"]}>{members === 0 ? t(w.nobody) : t(w.members, { n: members })}</span>
        )
      }
    >
      <div className={styles["role"]}>
        {granted.length > 0 && (
          <PlainTable
            label={`${t(role.labels)} · ${t(w.records)}`}
            head={[
              t(w.object),
              ...actions.map((action) => t(actionWords[action])),
              ...classes.map((value) => <ClassDot key={value} value={value} withText />),
            ]}
          >
            {granted.map((object) => {
              const grant = role.objects[object.key];
              const exceptions = Object.entries(grant?.fields ?? {});
              return (
                <tr key={object.key}>
                  <th scope="row">{t(object.labels)}</th>
                  {actions.map((action) => (
                    <td key={action}>
                      <ScopeText scope={grant?.actions[action] ?? "none"} />
                    </td>
                  ))}
                  {classes.map((value) => {
                    const level = grant?.classes[String(value)] ?? "hidden";
                    const own = exceptions.filter(
                      ([key, other]) =>
                        object.fields.some((field) => field.key === key && field.class === value) && other !== level,
                    );
                    return (
                      <td key={value} data-level={level} className={styles["level"]}>
                        {t(levelWords[level])}
                        {own.length > 0 && (
                          <span className={styles["second"]}>
                            {" "}
                            {t(w.exceptions, {
                              list: format.list(
                                own.map(([key, other]) => `${fieldName(object, key)} ${t(levelWords[other])}`),
                              ),
                            })}
                          </span>
                        )}
                      </td>
                    );
                  })}
                </tr>
              );
            })}
          </PlainTable>
        )}
        <div>
          <h3>{t(w.capabilities)}</h3>
          {role.capabilities.length === 0 ? (
            <p className={styles["second"]}>{t(w.noCapabilities)}</p>
          ) : (
            <ul className={styles["list"]}>
              {role.capabilities.map((capability) => (
                <li key={capability}>{t(capabilityWords[capability])}</li>
              ))}
            </ul>
          )}
        </div>
      </div>
    </Panel>
  );
}

function ScopeText({ scope }: { readonly scope: Scope }): ReactNode {
  const { t } = useLanguage();
  return (
    <span className={scope === "none" ? styles["second"] : undefined}>
      {scope === "none" ? "—" : t(scopeWords[scope])}
    </span>
  );
}
