"""Examples of the OpenAPI document; a test holds each against its schema."""

STREAM = """id: 1
event: accepted
data: {"answer_id":"01a1f7e3c9dbcaf979c86b63f4f5cdbb","conversation":"01a1f7e3c9db86109f95a27c6079ea4a"}

id: 2
event: step
data: {"name":"generation","status":"done","detail":"1 candidate","ms":812.4}

id: 3
event: sql
data: {"sql":"SELECT count(*) AS customers FROM shop.customer","explanation":""}

id: 4
event: rows
data: {"columns":[{"name":"customers","type":"bigint"}],"rows":[[4000]],"truncated":false}

id: 5
event: text
data: {"delta":"There are 4,000 customers."}

id: 6
event: done
data: {"status":"answered","model":"qwen2.5-coder-1.5b","usage":{"calls":1,"prompt_tokens":900,"cached_tokens":0,"reply_tokens":20,"cost":0.0},"ms":1204.9}

"""  # noqa: E501  # one event's data is one line
