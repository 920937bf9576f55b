// Contacts: the list of people at customers.
import type { ReactNode } from "react";
import { RecordListPage } from "../table/RecordList.tsx";

export default function ContactsPage(): ReactNode {
  return <RecordListPage objectKey="contact" />;
}
