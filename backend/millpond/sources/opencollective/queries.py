# SPDX-License-Identifier: AGPL-3.0-only
"""What Open Collective is asked, in GraphQL."""

FAST = """query Fast($slug: String!, $from: DateTime!, $to: DateTime!,
    $income: [TransactionKind], $kinds: [TransactionKind]) {
  collective(slug: $slug) { slug currency stats {
    gross: totalAmountReceived(net: false, dateFrom: $from, dateTo: $to, kind: $income) {
      valueInCents currency }
    net: totalAmountReceived(net: true, dateFrom: $from, dateTo: $to, kind: $kinds) {
      valueInCents currency } } } }"""

LEDGER = """query Ledger($account: [AccountReferenceInput!], $from: DateTime!, $to: DateTime!,
    $limit: Int!, $offset: Int!, $order: ChronologicalOrderInput!) {
  transactions(account: $account, dateFrom: $from, dateTo: $to, limit: $limit, offset: $offset,
      orderBy: $order, includeDebts: true) {
    totalCount nodes { id group type kind createdAt isRefund isRefunded
      amountInHostCurrency { valueInCents currency }
      netAmountInHostCurrency { valueInCents currency }
      account { slug } expense { id } } } }"""
OLDEST_FIRST = {"field": "CREATED_AT", "direction": "ASC"}

_EXPENSE = """id legacyId status customData amountV2 { valueInCents currency }
    payee { slug } draft"""

EXPENSES = f"""query Expenses($account: AccountReferenceInput!, $data: JSON,
    $status: [ExpenseStatusFilter], $limit: Int!, $offset: Int!) {{
  expenses(account: $account, customData: $data, status: $status, limit: $limit, offset: $offset) {{
    totalCount nodes {{ {_EXPENSE} }} }} }}"""

EXPENSE = f"""query Expense($expense: ExpenseReferenceInput!) {{
  expense(expense: $expense) {{ {_EXPENSE} }} }}"""

PAYOUT_METHODS = """query Payee($slug: String!) {
  account(slug: $slug) { slug payoutMethods { publicId type isSaved } } }"""

CREATE = f"""mutation Create($account: AccountReferenceInput!, $expense: ExpenseCreateInput!) {{
  createExpense(account: $account, expense: $expense) {{ {_EXPENSE} }} }}"""

INVITE = f"""mutation Invite($account: AccountReferenceInput!, $expense: ExpenseInviteDraftInput!,
    $locked: [ExpenseLockableFields]) {{
  draftExpenseAndInviteUser(account: $account, expense: $expense, skipInvite: false,
      lockedFields: $locked) {{ {_EXPENSE} }} }}"""
LOCKED = ["AMOUNT", "PAYEE", "DESCRIPTION", "TYPE"]

APPROVE = f"""mutation Approve($expense: ExpenseReferenceInput!) {{
  processExpense(expense: $expense, action: APPROVE) {{ {_EXPENSE} }} }}"""
