// One import, step by step: what was found in the file, which column becomes what, the dry run, the import, its result.
import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { SearchX } from "lucide-react";
import { type ReactNode, useCallback, useEffect, useRef, useState } from "react";
import { Link, useNavigate, useParams, useSearchParams } from "react-router";
import { problemTitle } from "../../contract/problem.ts";
import type { SchemaObject } from "../../contract/schema-verbs.ts";
import { ApiProblem } from "../api-problem.ts";
import { api } from "../api.ts";
import { CheckStep } from "../forms/import/CheckStep.tsx";
import {
  type Analysis,
  type ImportDraft,
  type ImportJob,
  isBusy,
  rememberDraft,
  rememberedDraft,
  type Settings,
  settingsFrom,
} from "../forms/import/import-plan.ts";
import { encodings, MappingStep } from "../forms/import/MappingStep.tsx";
import { ResultStep } from "../forms/import/ResultStep.tsx";
import { RunStep } from "../forms/import/RunStep.tsx";
import { StepLine } from "../forms/StepLine.tsx";
import { apiQuery, queryClient, refresh, useSchema } from "../query.ts";
import { EmptyState } from "../ui/EmptyState.tsx";
import { ErrorState } from "../ui/ErrorState.tsx";
import { PageHeader } from "../ui/PageHeader.tsx";
import { Page } from "../ui/Panel.tsx";
import { SkeletonRows } from "../ui/SkeletonRows.tsx";
import { aboutWords } from "../words/acts.ts";
import { importWords as w } from "../words/imports.ts";
import { recordWords } from "../words/records.ts";
import { useLanguage } from "../words/words.ts";

export default function ImportJobPage(): ReactNode {
  const { t } = useLanguage();
  const { id = "" } = useParams();
  const [params] = useSearchParams();
  const schema = useSchema().data;
  const object = schema?.objects.find(({ key }) => key === params.get("object"));
  return (
    <Page>
      {!schema && <SkeletonRows />}
      {schema && !object && (
        <EmptyState
          icon={SearchX}
          title={t(w.notFound)}
          text={t(recordWords.notFoundHint)}
          actions={<Link to="/import">{t(w.back)}</Link>}
        />
      )}
      {object && <Job key={id} id={id} object={object} />}
    </Page>
  );
}

type FileForm = Partial<Pick<Analysis, "encoding" | "delimiter" | "header">>;

const formNames = ["encoding", "delimiter", "header"] as const;

function chosenForm(params: URLSearchParams): FileForm {
  const encoding = encodings.find((one) => one === params.get("encoding"));
  const delimiter = params.get("delimiter");
  const header = params.get("header");
  return {
    ...(encoding && { encoding }),
    ...(delimiter !== null && /^[^"\r\n]$/u.test(delimiter) && { delimiter }),
    ...((header === "true" || header === "false") && { header: header === "true" }),
  };
}

function formParams(params: URLSearchParams, form: FileForm): URLSearchParams {
  const next = new URLSearchParams(params);
  for (const name of formNames) if (form[name] !== undefined) next.set(name, String(form[name]));
  return next;
}

function Job({ id, object }: { readonly id: string; readonly object: SchemaObject }): ReactNode {
  const { t, language } = useLanguage();
  const navigate = useNavigate();
  const [params, setParams] = useSearchParams();
  const path = { object: object.key, id };
  const query = apiQuery("readImport", { path });
  const job = useQuery({
    ...query,
    refetchInterval: ({ state }) => (state.data && isBusy(state.data.state) ? 700 : false),
    staleTime: 0,
  });
  const reportQuery = apiQuery("readImportReport", { path });
  // Each look is logged, so one check is looked at once: another makes another version.
  const report = useQuery({
    ...reportQuery,
    queryKey: [...reportQuery.queryKey, job.data?.version],
    enabled: job.data?.state === "checked",
    staleTime: Number.POSITIVE_INFINITY,
  });
  const [draft, setDraft] = useState<ImportDraft | undefined>(() => rememberedDraft(id));
  /** The person goes back from the dry run to the columns. */
  const [mapping, setMapping] = useState(false);
  const [problem, setProblem] = useState<unknown>();
  const [busy, setBusy] = useState(false);
  const analysing = useRef(false);
  const state = job.data?.state;

  const keep = useCallback(
    (next: ImportDraft): void => {
      rememberDraft(id, next);
      setDraft(next);
    },
    [id],
  );
  const put = (next: ImportJob): void => void queryClient.setQueryData(query.queryKey, next);
  const act = async (work: () => Promise<void>): Promise<void> => {
    setBusy(true);
    setProblem(undefined);
    try {
      await work();
    } catch (error) {
      setProblem(error);
      void job.refetch();
    } finally {
      setBusy(false);
    }
  };
  const analyse = (given: FileForm = {}): Promise<void> =>
    act(async () => {
      // What the person chose stands in the address, so that loading the page anew asks for the same.
      const chosen = { ...chosenForm(params), ...given };
      const found = await api.call("analyseImport", { path, body: chosen });
      if (Object.keys(given).length > 0) setParams(formParams(params, chosen), { replace: true });
      put(found.import);
      keep({ analysis: found.analysis, settings: settingsFrom(object, found.analysis, language) });
    });
  const check = (settings: Settings): Promise<void> =>
    act(async () => {
      if (draft) keep({ ...draft, settings });
      put(await api.call("checkImport", { path, body: { ...settings, language } }));
      setMapping(false);
    });
  const file = { objects: t(object.plural), file: job.data?.fileName ?? "" };
  const aboutRun = (): string => {
    const found = report.data?.check;
    return state === "checked" && found
      ? t(aboutWords.importRows, { ...file, n: found.create + found.update })
      : t(aboutWords.importRest, file);
  };
  const start = (version: number): Promise<void> =>
    act(async () => put(await api.call("startImport", { path, body: { version }, about: aboutRun() })));
  const cancel = (): Promise<void> =>
    act(async () => {
      put(await api.call("cancelImport", { path }));
      await refresh("listImports");
      void navigate("/import");
    });
  const undo = async (): Promise<void> => {
    const { created = 0, updated = 0 } = job.data?.counts ?? {};
    put(await api.call("undoImport", { path, about: t(aboutWords.undoRows, { ...file, n: created + updated }) }));
    await refresh("listRecords", "listImports");
  };

  useEffect(() => {
    // A file that has not been looked at yet, or whose columns this page does not remember.
    // One that cannot be read is not asked about again.
    if ((state !== "uploaded" && state !== "analysed") || draft || analysing.current || problem !== undefined) return;
    analysing.current = true;
    void analyse().finally(() => {
      analysing.current = false;
    });
  });
  useEffect(() => {
    if (state === "done" || state === "undone") void refresh("listRecords", "listImports", "suggestRecords");
  }, [state]);

  const unread = job.error ?? report.error;
  if (unread)
    return (
      <ErrorState
        problem={unread}
        onRetry={() => void (job.error ? job : report).refetch()}
        actions={<Link to="/import">{t(w.back)}</Link>}
      />
    );
  if (!job.data) return <SkeletonRows />;
  const data = job.data;
  const before =
    data.state === "uploading" ||
    data.state === "uploaded" ||
    data.state === "analysed" ||
    (data.state === "checked" && mapping);
  const failure = problemTitle(data.failure, language);
  const step = before
    ? 1
    : data.state === "checking" || data.state === "checked"
      ? 2
      : data.state === "running"
        ? 3
        : 4;

  return (
    <>
      <PageHeader
        title={data.fileName}
        lead={t(object.plural)}
        actions={
          step < 3 && (
            <Button variant="default" onClick={() => void cancel()}>
              {t(w.discard)}
            </Button>
          )
        }
      />
      <StepLine steps={[t(w.stepFile), t(w.stepMapping), t(w.stepCheck), t(w.stepImport)]} at={step} />
      {problem !== undefined && (
        <ErrorState
          problem={problem}
          todo={problem instanceof ApiProblem && problem.code === "file_unreadable" ? t(w.unreadableHint) : undefined}
          actions={
            !draft && (
              <Button component={Link} to={`/import?object=${object.key}`}>
                {t(w.choose)}
              </Button>
            )
          }
        />
      )}
      {problem === undefined && before && failure !== undefined && (
        <ErrorState problem={{ title: failure, code: data.failure ?? "" }} inline />
      )}
      {data.state === "uploading" && (
        <EmptyState
          title={t(w.notComplete)}
          text={t(w.notCompleteHint)}
          actions={
            <Button component={Link} to={`/import?object=${object.key}`}>
              {t(w.choose)}
            </Button>
          }
        />
      )}
      {before &&
        data.state !== "uploading" &&
        (draft ? (
          <MappingStep
            object={object}
            draft={draft}
            busy={busy}
            onSettings={(settings) => keep({ ...draft, settings })}
            onAnalyse={(given) => void analyse(given)}
            onCheck={() => void check(draft.settings)}
          />
        ) : (
          problem === undefined && <SkeletonRows columns={3} />
        ))}
      {(data.state === "checking" || (data.state === "checked" && !mapping)) && (
        <CheckStep
          object={object}
          job={data}
          report={report.data?.check ?? undefined}
          settings={draft?.settings}
          busy={busy}
          onCheck={(settings) => void check(settings)}
          onBack={() => {
            setMapping(true);
            if (!draft) void analyse();
          }}
          onStart={() => void start(data.version)}
        />
      )}
      {data.state === "running" && <RunStep job={data} onCancel={() => void cancel()} />}
      {step === 4 && <ResultStep object={object} job={data} onUndo={undo} onResume={() => void start(data.version)} />}
    </>
  );
}
