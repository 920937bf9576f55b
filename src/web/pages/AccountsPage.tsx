// Accounts: the list of customers.
import type { ReactNode } from "react";
import { RecordListPage } from "../table/RecordList.tsx";

export default function AccountsPage(): ReactNode {
  return <RecordListPage objectKey="account" />;
}
