BEGIN TRANSACTION;
CREATE TABLE catalog_blob (
    number INTEGER NOT NULL,
    digest VARCHAR(64) NOT NULL,
    PRIMARY KEY (number),
    UNIQUE (digest)
);
CREATE TABLE catalog_entry (
    number INTEGER NOT NULL,
    digest VARCHAR(64) NOT NULL,
    "key" TEXT NOT NULL,
    licence VARCHAR(64),
    body BLOB NOT NULL,
    PRIMARY KEY (number),
    UNIQUE (digest)
);
CREATE TABLE catalog_learnt (
    text TEXT NOT NULL,
    "key" TEXT NOT NULL,
    PRIMARY KEY (text, "key")
) WITHOUT ROWID;
CREATE TABLE catalog_listing (
    snapshot INTEGER NOT NULL,
    "key" TEXT NOT NULL,
    entry INTEGER NOT NULL,
    blob INTEGER NOT NULL,
    start BIGINT NOT NULL,
    PRIMARY KEY (snapshot, "key"),
    FOREIGN KEY(snapshot) REFERENCES catalog_snapshot (number),
    FOREIGN KEY(entry) REFERENCES catalog_entry (number),
    FOREIGN KEY(blob) REFERENCES catalog_blob (number)
) WITHOUT ROWID;
CREATE TABLE catalog_name (
    text TEXT NOT NULL,
    entry INTEGER NOT NULL,
    PRIMARY KEY (text, entry),
    FOREIGN KEY(entry) REFERENCES catalog_entry (number)
) WITHOUT ROWID;
CREATE TABLE catalog_snapshot (
    number INTEGER NOT NULL,
    id VARCHAR(64) NOT NULL,
    source TEXT NOT NULL,
    location TEXT NOT NULL,
    captured_us BIGINT NOT NULL,
    body BLOB NOT NULL,
    PRIMARY KEY (number),
    UNIQUE (id)
);
CREATE TABLE licet_schema (
    version INTEGER NOT NULL,
    PRIMARY KEY (version)
);
INSERT INTO "licet_schema" VALUES(1);
CREATE TABLE terms_response (
    number INTEGER NOT NULL,
    url TEXT NOT NULL,
    fetched_us BIGINT NOT NULL,
    status INTEGER NOT NULL,
    settled BOOLEAN NOT NULL,
    body VARCHAR(64) NOT NULL,
    facts BLOB NOT NULL,
    PRIMARY KEY (number)
);
CREATE INDEX catalog_snapshot_series ON catalog_snapshot (source, location, captured_us);
CREATE INDEX ix_catalog_entry_key ON catalog_entry ("key");
CREATE INDEX catalog_listing_key ON catalog_listing ("key");
CREATE INDEX terms_response_series ON terms_response (url, fetched_us);
COMMIT;
