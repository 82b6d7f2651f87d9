"""The site: people, pages and the HTTP API over one workspace. Edge; the only place that knows Django.

It keeps what people make (accounts, tokens, the audit log) and never customer data; every figure comes from
`workspace`, through `access`, which knows what a role shows. Importing this package imports nothing heavy.

    start       checks, folder, secret, database: before anything is served
    settings    Django's settings, made from the workspace
    served      the workspace behind a lock, always at the newest version, with answers kept
    page        what a page is; pages/ holds the ones there are
    api/        the HTTP API
"""
