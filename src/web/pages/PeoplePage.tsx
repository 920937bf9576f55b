// People: colleagues with department, state and roles; adding, inviting, enabling, and their devices.
import { Button, SegmentedControl, TextInput, Tooltip } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { Plus, Search, UsersRound } from "lucide-react";
import { type ReactNode, useState } from "react";
import { useSearchParams } from "react-router";
import type { RecordView } from "../../contract/record-verbs.ts";
import type { SchemaObject } from "../../contract/schema-verbs.ts";
import { api } from "../api.ts";
import { DevicesSheet } from "../forms/people/DevicesSheet.tsx";
import { DisableSheet } from "../forms/people/DisableSheet.tsx";
import { InvitationSheet } from "../forms/people/InvitationSheet.tsx";
import { PeopleTable, type PersonAct } from "../forms/people/PeopleTable.tsx";
import { type Invited, PersonSheet } from "../forms/people/PersonSheet.tsx";
import { RolesSheet } from "../forms/people/RolesSheet.tsx";
import { useMembers } from "../forms/people/use-people.ts";
import { apiQuery, keepPreviousData, refresh, useMe, useSchema } from "../query.ts";
import { inSentence } from "../record/in-sentence.ts";
import { Pager } from "../table/Pager.tsx";
import { ConfirmSheet } from "../ui/ConfirmSheet.tsx";
import { EmptyState } from "../ui/EmptyState.tsx";
import { ErrorState } from "../ui/ErrorState.tsx";
import { PageHeader } from "../ui/PageHeader.tsx";
import { Page } from "../ui/Panel.tsx";
import { SkeletonRows } from "../ui/SkeletonRows.tsx";
import { toast } from "../ui/toast.tsx";
import { aboutWords } from "../words/acts.ts";
import { peopleWords as w } from "../words/admin.ts";
import { listWords } from "../words/records.ts";
import { useLanguage } from "../words/words.ts";
import styles from "../forms/people/people.module.css";

type Open = {
  readonly what: "roles" | "devices" | "disable" | "reset";
  readonly person: RecordView;
  readonly name: string;
};

export default function PeoplePage(): ReactNode {
  const object = useSchema().data?.objects.find(({ key }) => key === "user");
  return <Page wide>{object ? <People object={object} /> : <SkeletonRows rows={10} columns={5} />}</Page>;
}

function People({ object }: { readonly object: SchemaObject }): ReactNode {
  const { t } = useLanguage();
  const me = useMe();
  const members = useMembers();
  const [params, setParams] = useSearchParams();
  const [text, setText] = useState("");
  const [search] = useDebouncedValue(text.trim(), 200);
  const [status, setStatus] = useState("all");
  const [page, setPage] = useState(0);
  const [pageSize, setPageSize] = useState(50);
  const [open, setOpen] = useState<Open>();
  const [invited, setInvited] = useState<Invited>();
  const department = params.get("department");
  const conditions = [
    ...(status === "all" ? [] : [{ field: "status", op: "eq" as const, value: status }]),
    ...(department === null ? [] : [{ field: "department", op: "eq" as const, value: department }]),
  ];
  const body = {
    limit: pageSize,
    offset: page * pageSize,
    count: true,
    ...(search !== "" && { search }),
    ...(conditions.length > 0 && { filter: { all: conditions } }),
    sort: [{ field: "name", direction: "asc" as const }],
  };
  const list = useQuery({
    ...apiQuery("listRecords", { path: { object: "user" }, body }),
    placeholderData: keepPreviousData,
  });
  const manages = me?.capabilities.includes("people.manage") ?? false;
  const statusField = object.fields.find(({ key }) => key === "status");

  const enable = async (person: RecordView, name: string): Promise<void> => {
    try {
      await api.call("setPersonStatus", {
        path: { id: person.id },
        body: { status: "active" },
        about: t(aboutWords.enable, { name }),
      });
      await refresh("listRecords");
      toast.done(t(w.enabled, { name }));
    } catch (error) {
      toast.problem(error);
    }
  };
  const invite = async (person: RecordView, name: string): Promise<void> => {
    try {
      setInvited({
        name,
        invitation: await api.call("createInvitation", { body: { userId: person.id }, about: name }),
      });
    } catch (error) {
      toast.problem(error);
    }
  };
  const reset = async (person: RecordView, name: string): Promise<void> => {
    const invitation = await api.call("resetSignIn", { path: { id: person.id }, body: {}, about: name });
    await refresh("listRecords");
    setInvited({ name, invitation });
  };
  const act = (what: PersonAct, person: RecordView, name: string): void => {
    if (what === "invite") void invite(person, name);
    else if (what === "enable") void enable(person, name);
    else setOpen({ what, person, name });
  };
  const close = (): void => setOpen(undefined);

  return (
    <>
      <PageHeader
        title={t(w.title)}
        count={list.data?.count?.value}
        actions={
          <Tooltip label={t(w.managerHint)} disabled={manages}>
            <Button
              leftSection={<Plus size="1em" aria-hidden />}
              {...(!manages && { "data-disabled": true })}
              aria-disabled={!manages}
              onClick={() => manages && setParams({ new: "" }, { replace: true })}
            >
              {t(w.add)}
            </Button>
          </Tooltip>
        }
      >
        <div className={styles["bar"]}>
          <TextInput
            type="search"
            className={styles["search"] ?? ""}
            aria-label={t(w.search)}
            placeholder={t(w.search)}
            leftSection={<Search size="1em" aria-hidden />}
            value={text}
            onChange={(event) => {
              setText(event.currentTarget.value);
              setPage(0);
            }}
          />
          <SegmentedControl
            size="xs"
            aria-label={t(w.status)}
            value={status}
            onChange={(next) => {
              setStatus(next);
              setPage(0);
            }}
            data={[
              { value: "all", label: t(w.all) },
              ...(statusField?.options ?? []).map((option) => ({ value: option.key, label: t(option.labels) })),
            ]}
          />
          {department !== null && list.data && (
            <Button size="xs" variant="subtle" onClick={() => setParams({}, { replace: true })}>
              {t(w.department)} {list.data.names[department] ?? ""} ×
            </Button>
          )}
        </div>
      </PageHeader>
      {list.error && <ErrorState problem={list.error} onRetry={() => void list.refetch()} />}
      {list.isPending && <SkeletonRows rows={10} columns={5} />}
      {list.data?.rows.length === 0 && (
        <EmptyState
          icon={UsersRound}
          title={t(listWords.noMatch, { objects: inSentence(t(object.plural)) })}
          text={t(listWords.noMatchHint)}
        />
      )}
      {list.data && list.data.rows.length > 0 && (
        <>
          <PeopleTable object={object} rows={list.data.rows} names={list.data.names} members={members} onAct={act} />
          <Pager
            page={page}
            pageSize={pageSize}
            rows={list.data.rows.length}
            count={list.data.count}
            onPage={setPage}
            onPageSize={setPageSize}
          />
        </>
      )}
      {params.has("new") && manages && (
        <PersonSheet
          object={object}
          onClose={() => setParams({}, { replace: true })}
          onInvited={(next) => {
            setParams({}, { replace: true });
            setInvited(next);
          }}
        />
      )}
      {invited && <InvitationSheet invited={invited} onClose={() => setInvited(undefined)} />}
      {open?.what === "roles" && (
        <RolesSheet
          id={open.person.id}
          name={open.name}
          roles={members?.get(open.person.id) ?? []}
          invited={open.person.values["status"] === "invited"}
          onClose={close}
        />
      )}
      {open?.what === "devices" && <DevicesSheet id={open.person.id} name={open.name} onClose={close} />}
      {open?.what === "disable" && <DisableSheet person={open.person} name={open.name} onClose={close} />}
      <ConfirmSheet
        opened={open?.what === "reset"}
        title={t(w.resetTitle, { name: open?.name ?? "" })}
        text={t(w.resetHint)}
        confirm={t(w.reset)}
        danger
        onConfirm={() => (open ? reset(open.person, open.name) : Promise.resolve())}
        onClose={close}
      />
    </>
  );
}
