// Roles in plain words: which rows, which fields, which capabilities; and a box that explains a decision.
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { type Level, levels, type Scope } from "../../contract/roles.ts";
import type { SensitivityClass } from "../../contract/field.ts";
import type { SchemaObject } from "../../contract/schema-verbs.ts";
import type { CallOutput } from "../endpoint-types.ts";
import { useMembers } from "../forms/people/use-people.ts";
import { ExplainBox } from "../forms/roles/ExplainBox.tsx";
import { apiQuery, useSchema } from "../query.ts";
import { inSentence } from "../record/in-sentence.ts";
import { PlainTable } from "../table/PlainTable.tsx";
import { className } from "../ui/ClassDot.tsx";
import { ErrorState } from "../ui/ErrorState.tsx";
import { PageHeader } from "../ui/PageHeader.tsx";
import { Page, Panel } from "../ui/Panel.tsx";
import { SkeletonRows } from "../ui/SkeletonRows.tsx";
import { actionWords, capabilityWords, levelWords, roleWords as w, whoseWords } from "../words/admin.ts";
import { type LanguageTools, useLanguage } from "../words/words.ts";
import styles from "../forms/roles/roles.module.css";

type Tools = Pick<LanguageTools, "t" | "format">;
type Role = CallOutput<"listRoles">["roles"][number];

const actions = ["view", "create", "edit", "delete", "import"] as const;
const widest = ["all", "department_and_below", "department", "own", "none"] as const satisfies readonly Scope[];
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
  const tools = useLanguage();
  const { t } = tools;
  const granted = objects.filter(({ key }) =>
    Object.values(role.objects[key]?.actions ?? {}).some((scope) => scope !== "none"),
  );
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
            bare
            stacked
            label={`${t(role.labels)} · ${t(w.records)}`}
            head={[t(w.object), t(w.mayDo), t(w.sees)]}
          >
            {alike(role, granted).map((group) => (
              <tr key={group[0]?.key}>
                <th scope="row">
                  {inList(
                    group.map((object) => t(object.labels)),
                    tools.format,
                  )}
                </th>
                <td>
                  <Lines lines={actionLines(role, group, tools)} />
                </td>
                <td>
                  <Lines lines={fieldLines(role, group, tools)} />
                </td>
              </tr>
            ))}
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

/** Objects of which the role may do and see the same stand in one row. */
function alike(role: Role, objects: readonly SchemaObject[]): readonly (readonly SchemaObject[])[] {
  const groups = new Map<string, SchemaObject[]>();
  for (const object of objects) {
    const grant = role.objects[object.key];
    const said = JSON.stringify([
      actions.map((action) => grant?.actions[action] ?? "none"),
      grant?.classes,
      grant?.fields,
    ]);
    groups.set(said, [...(groups.get(said) ?? []), object]);
  }
  return [...groups.values()];
}

interface Line {
  readonly text: string;
  readonly weak?: boolean;
}

function Lines({ lines }: { readonly lines: readonly Line[] }): ReactNode {
  return lines.map(({ text, weak = false }) => (
    <div key={text} className={weak ? styles["second"] : undefined}>
      {text}
    </div>
  ));
}

/** “查看、编辑本部门及下级的客户”, widest scope first; what is not granted comes last. */
function actionLines(role: Role, [object, ...more]: readonly SchemaObject[], { t, format }: Tools): readonly Line[] {
  if (!object) return [];
  const scopeOf = (action: (typeof actions)[number]): Scope => role.objects[object.key]?.actions[action] ?? "none";
  return widest.flatMap((scope) => {
    const named = actions.filter((action) => scopeOf(action) === scope).map((action) => t(actionWords[action]));
    if (named.length === 0) return [];
    const list = inList(named, format);
    return scope === "none"
      ? [{ text: t(w.mayNot, { actions: list }), weak: true }]
      : [
          {
            text: t(w.may, {
              actions: list,
              whose: t(whoseWords[scope]),
              objects: more.length === 0 ? t(object.plural) : t(w.theseRecords),
            }),
          },
        ];
  });
}

/** “公开、内部字段可编辑；严控字段脱敏”, with the fields that are an exception. */
function fieldLines(role: Role, [object]: readonly SchemaObject[], { t, format }: Tools): readonly Line[] {
  if (!object) return [];
  const grant = role.objects[object.key];
  const levelOf = (value: SensitivityClass): Level => grant?.classes[String(value)] ?? "hidden";
  const lines = levels.toReversed().flatMap((level) => {
    const named = classes.filter((value) => levelOf(value) === level).map((value) => t(className(value)));
    return named.length === 0
      ? []
      : [
          {
            text: t(w.classesAre, { classes: inList(named, format), level: t(levelWords[level]) }),
            weak: level === "hidden",
          },
        ];
  });
  const exceptions = object.fields.flatMap((field) => {
    const level = grant?.fields[field.key];
    return level === undefined || level === levelOf(field.class) ? [] : [`${t(field.labels)} ${t(levelWords[level])}`];
  });
  return exceptions.length === 0
    ? lines
    : [...lines, { text: t(w.exceptions, { list: format.list(exceptions) }), weak: true }];
}

/** One after another, the first with a capital as it begins a line. */
function inList(names: readonly string[], format: Tools["format"]): string {
  return format.list(names.map((name, index) => (index === 0 ? name : inSentence(name))));
}
