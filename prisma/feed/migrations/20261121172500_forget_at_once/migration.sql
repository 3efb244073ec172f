-- Where everything is made anew a million rows go: who forgets asks nothing about each.
CREATE OR REPLACE FUNCTION "keep_followee_past"() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  moment bigint;
  pulls boolean;
BEGIN
  IF TG_OP = 'DELETE' AND current_setting('plaza.forget', true) = 'on' THEN RETURN OLD; END IF;
  moment := "feed_number"();
  pulls := "feed_pulls"(OLD."followee_id");
  IF OLD."number" < moment AND coalesce(current_setting('plaza.forget', true), '') <> 'on' THEN
    INSERT INTO "followee_past" ("follower_id", "followee_id", "reposts", "languages", "number", "is_direct", "until", "is_until_direct")
    VALUES (OLD."follower_id", OLD."followee_id", OLD."reposts", OLD."languages", OLD."number", OLD."is_direct", moment, pulls);
  END IF;
  IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
  NEW."number" := moment;
  NEW."is_direct" := pulls;
  RETURN NEW;
END $$;

CREATE OR REPLACE FUNCTION "keep_feed_item_past"() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  moment bigint;
  pulls boolean;
BEGIN
  IF TG_OP = 'DELETE' AND (NOT OLD."is_live" OR current_setting('plaza.forget', true) = 'on') THEN RETURN OLD; END IF;
  moment := "feed_number"();
  pulls := "feed_pulls"(OLD."actor_id");
  IF OLD."is_live" AND OLD."number" < moment AND coalesce(current_setting('plaza.forget', true), '') <> 'on' THEN
    INSERT INTO "feed_item_past" ("post_id", "actor_id", "kind", "author_id", "audience", "language", "number", "is_direct", "until", "is_until_direct")
    VALUES (
      OLD."post_id", OLD."actor_id", OLD."kind", OLD."author_id", OLD."audience", OLD."language", OLD."number", OLD."is_direct", moment, pulls
    );
  END IF;
  IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
  NEW."number" := moment;
  NEW."is_direct" := pulls;
  RETURN NEW;
END $$;
