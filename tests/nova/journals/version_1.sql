-- A journal as nova left it with schema version 1. Released: never change this file.
CREATE TABLE runs (
            number INTEGER PRIMARY KEY, run TEXT NOT NULL UNIQUE,
            tenant TEXT NOT NULL, client TEXT NOT NULL, branch TEXT NOT NULL, session TEXT NOT NULL,
            project TEXT NOT NULL, owner TEXT NOT NULL, state TEXT NOT NULL, opened REAL NOT NULL,
            text TEXT NOT NULL, principal TEXT NOT NULL
        ) STRICT;
CREATE INDEX runs_by_scope ON runs (tenant, client, branch);
CREATE INDEX runs_by_session ON runs (tenant, client, branch, session);
CREATE TABLE entries (
            seq INTEGER PRIMARY KEY, run INTEGER NOT NULL REFERENCES runs (number), idx INTEGER NOT NULL,
            parent INTEGER, relation TEXT NOT NULL, owner TEXT NOT NULL, sender TEXT NOT NULL, agent TEXT NOT NULL,
            contract TEXT NOT NULL, task TEXT NOT NULL, packet TEXT NOT NULL, opened REAL NOT NULL,
            reason TEXT NOT NULL, acceptance TEXT, budget TEXT, hop INTEGER NOT NULL,
            UNIQUE (run, idx)
        ) STRICT;
CREATE TABLE closings (
            run INTEGER NOT NULL, idx INTEGER NOT NULL, outcome TEXT NOT NULL,
            tokens INTEGER NOT NULL, micros INTEGER NOT NULL, seconds REAL NOT NULL, hops INTEGER NOT NULL,
            closed REAL NOT NULL,
            PRIMARY KEY (run, idx), FOREIGN KEY (run, idx) REFERENCES entries (run, idx)
        ) STRICT, WITHOUT ROWID;
CREATE TABLE uses (
            run INTEGER NOT NULL, idx INTEGER NOT NULL, ordinal INTEGER NOT NULL,
            tool TEXT NOT NULL, arguments TEXT NOT NULL,
            PRIMARY KEY (run, idx, ordinal), FOREIGN KEY (run, idx) REFERENCES entries (run, idx)
        ) STRICT, WITHOUT ROWID;
CREATE TABLE results (
            run INTEGER NOT NULL, idx INTEGER NOT NULL, ordinal INTEGER NOT NULL,
            result TEXT NOT NULL, failed INTEGER NOT NULL CHECK (failed IN (0, 1)),
            PRIMARY KEY (run, idx, ordinal), FOREIGN KEY (run, idx, ordinal) REFERENCES uses (run, idx, ordinal)
        ) STRICT, WITHOUT ROWID;
CREATE TABLE settlements (
            seq INTEGER PRIMARY KEY, run INTEGER NOT NULL REFERENCES runs (number), owner TEXT NOT NULL,
            state TEXT NOT NULL CHECK (state IN ('open', 'waiting', 'done', 'failed')), at REAL NOT NULL
        ) STRICT;
CREATE INDEX settlements_by_run ON settlements (run);
CREATE TABLE feedback (
            seq INTEGER PRIMARY KEY, run INTEGER NOT NULL REFERENCES runs (number),
            good INTEGER NOT NULL CHECK (good IN (0, 1)), because TEXT NOT NULL, at REAL NOT NULL
        ) STRICT;
CREATE INDEX feedback_by_run ON feedback (run);
CREATE TABLE retiring (run INTEGER PRIMARY KEY) STRICT;
CREATE TRIGGER open_runs_stay BEFORE INSERT ON retiring
            WHEN 'open' = coalesce(
                (SELECT state FROM settlements WHERE run = NEW.run ORDER BY seq DESC LIMIT 1), 'open')
            BEGIN SELECT raise(ABORT, 'an open run is never deleted'); END;
CREATE TRIGGER feedback_never_change BEFORE UPDATE ON feedback
    BEGIN SELECT raise(ABORT, 'the journal can only be added to'); END;
CREATE TRIGGER settlements_never_change BEFORE UPDATE ON settlements
    BEGIN SELECT raise(ABORT, 'the journal can only be added to'); END;
CREATE TRIGGER results_never_change BEFORE UPDATE ON results
    BEGIN SELECT raise(ABORT, 'the journal can only be added to'); END;
CREATE TRIGGER uses_never_change BEFORE UPDATE ON uses
    BEGIN SELECT raise(ABORT, 'the journal can only be added to'); END;
CREATE TRIGGER closings_never_change BEFORE UPDATE ON closings
    BEGIN SELECT raise(ABORT, 'the journal can only be added to'); END;
CREATE TRIGGER entries_never_change BEFORE UPDATE ON entries
    BEGIN SELECT raise(ABORT, 'the journal can only be added to'); END;
CREATE TRIGGER runs_never_change BEFORE UPDATE ON runs
    BEGIN SELECT raise(ABORT, 'the journal can only be added to'); END;
CREATE TRIGGER feedback_stay BEFORE DELETE ON feedback
    WHEN NOT EXISTS (SELECT 1 FROM retiring WHERE run = OLD.run)
    BEGIN SELECT raise(ABORT, 'the journal can only be added to'); END;
CREATE TRIGGER settlements_stay BEFORE DELETE ON settlements
    WHEN NOT EXISTS (SELECT 1 FROM retiring WHERE run = OLD.run)
    BEGIN SELECT raise(ABORT, 'the journal can only be added to'); END;
CREATE TRIGGER results_stay BEFORE DELETE ON results
    WHEN NOT EXISTS (SELECT 1 FROM retiring WHERE run = OLD.run)
    BEGIN SELECT raise(ABORT, 'the journal can only be added to'); END;
CREATE TRIGGER uses_stay BEFORE DELETE ON uses
    WHEN NOT EXISTS (SELECT 1 FROM retiring WHERE run = OLD.run)
    BEGIN SELECT raise(ABORT, 'the journal can only be added to'); END;
CREATE TRIGGER closings_stay BEFORE DELETE ON closings
    WHEN NOT EXISTS (SELECT 1 FROM retiring WHERE run = OLD.run)
    BEGIN SELECT raise(ABORT, 'the journal can only be added to'); END;
CREATE TRIGGER entries_stay BEFORE DELETE ON entries
    WHEN NOT EXISTS (SELECT 1 FROM retiring WHERE run = OLD.run)
    BEGIN SELECT raise(ABORT, 'the journal can only be added to'); END;
CREATE TRIGGER runs_stay BEFORE DELETE ON runs
    WHEN NOT EXISTS (SELECT 1 FROM retiring WHERE run = OLD.number)
    BEGIN SELECT raise(ABORT, 'the journal can only be added to'); END;
INSERT INTO "runs" VALUES(1,'r1','acme','north','harbour','s1','depot','coordinate','open',100.0,'count the crates','ana');
INSERT INTO "entries" VALUES(1,1,0,NULL,'delegate','coordinate','user','coordinate','Count@1','{"text":"count"}','{"passed":[]}',101.0,'crates are counted there',NULL,'{"tokens":10,"micros":20,"seconds":3.5,"hops":4}',0);
INSERT INTO "entries" VALUES(2,1,1,0,'delegate','coordinate','coordinate','count','Count@1','{"text":"count"}','{"passed":[]}',102.0,'crates are counted there','{"at_most":80,"mentions":["crates"]}','{"tokens":10,"micros":20,"seconds":3.5,"hops":4}',1);
INSERT INTO "closings" VALUES(1,1,'{"kind":"Answer","value":{"text":"7 crates"}}',3,5,0.25,1,111.0);
INSERT INTO "uses" VALUES(1,1,0,'look','{"where":"quay"}');
INSERT INTO "results" VALUES(1,1,0,'7',1);
INSERT INTO "settlements" VALUES(1,1,'count','waiting',120.0);
INSERT INTO "feedback" VALUES(1,1,1,'quick',130.0);
PRAGMA application_id = 1313822273;
PRAGMA user_version = 1;
