using System.Text;

namespace Errand.Commands.Tests.Agents;

/// <summary>What is read out of the streams of the CLIs.</summary>
public sealed class StreamTests
{
    public static TheoryData<string> Names =>
    [
        "claude-task.jsonl", "claude-permission.jsonl", "claude-limit.jsonl", "claude-budget.jsonl",
        "codex-task.jsonl", "codex-limit.jsonl", "gemini-task.jsonl", "gemini-limit.jsonl",
    ];

    [Fact]
    public void N4_claude_tells_session_turns_tokens_cost_and_answer()
    {
        var tally = new ClaudeStream().Read(Fixtures.Stream("claude-task.jsonl")).Tally();
        Assert.Equal("11111111-2222-4333-8444-555555555555", tally.Session);
        Assert.Equal(new AgentUsage(3, 15 + 1390 + 26500, 130) { CostUsd = 0.0421m }, tally.Used);
        Assert.Equal(new AgentAnswer("Fixed: the cart added prices as text."), tally.Answer);
        Assert.Null(tally.Limit);
    }

    [Fact]
    public void N4_while_claude_works_each_answer_of_its_model_is_counted_once()
    {
        byte[] stream = Fixtures.Stream("claude-task.jsonl");
        int lastButOne = stream.AsSpan(0, stream.Length - 1).LastIndexOf((byte)'\n');
        var tally = new ClaudeStream().Read(stream[..lastButOne]).Tally();
        Assert.Equal(new AgentUsage(3, 9204 + 9306 + 9395, 60 + 40 + 30), tally.Used);
        Assert.Null(tally.Answer);
    }

    [Fact]
    public void N4_the_transcript_of_claude_is_readable() => Assert.Equal(
        """
        # session 11111111-2222-4333-8444-555555555555, claude-sonnet-4-5
        ~ The test names the file.
        I look at the failing test first.
        → Bash {"command":"npm test","description":"Run the tests"}
        ← failed: 1 failing
            cart adds up
        → Edit {"file_path":"/srv/shop/cart.js"}
        ← The file was changed.
          [image]
        {"type":"something_new","detail":{"a":1}}
        Fixed: the cart added prices as text.
        # session 11111111-2222-4333-8444-555555555555
        """,
        TranscriptOf(new ClaudeStream(), "claude-task.jsonl"));

    [Fact]
    public void N4_claude_asks_for_permission_and_is_answered_in_its_own_words()
    {
        var parser = new ClaudeStream();
        var events = parser.Read(Fixtures.Stream("claude-permission.jsonl"));
        var request = Assert.Single(events.OfType<AgentPermissionRequest>());
        Assert.Equal(("req-77", "Bash", "/srv/shop/dist"), (request.Id, request.Tool, request.Reason));
        Assert.Equal("""{"command":"rm -f dist/*","description":"Clean"}""", request.Input.ToString());
        Assert.Equal(
            Answer("""{"behavior":"allow","updatedInput":{"command":"rm -f dist/*","description":"Clean"}}"""),
            Encoding.UTF8.GetString(parser.AnswerTo(request, allow: true, null).Span));
        Assert.Equal(
            Answer("""{"behavior":"deny","message":"not \"that\""}"""),
            Encoding.UTF8.GetString(parser.AnswerTo(request, allow: false, "not \"that\"").Span));

        static string Answer(string response) =>
            """{"type":"control_response","response":{"subtype":"success","request_id":"req-77","response":""" + response + "}}\n";
    }

    [Fact]
    public void N8_claude_tells_of_its_limit_and_of_its_end()
    {
        var tally = new ClaudeStream().Read(Fixtures.Stream("claude-limit.jsonl")).Tally();
        Assert.Equal(DateTimeOffset.FromUnixTimeSeconds(1790848200), tally.Limit!.ResetsAt);
        Assert.True(tally.Answer!.IsError);
    }

    [Fact]
    public void N5_claude_that_keeps_to_its_budget_itself_says_so()
    {
        var answer = new ClaudeStream().Read(Fixtures.Stream("claude-budget.jsonl")).Tally().Answer!;
        Assert.Equal((true, AgentErrorCodes.CostLimit, "Reached maximum budget ($0.5)"), (answer.IsError, answer.Code, answer.Text));
    }

    [Fact]
    public void N4_codex_tells_session_tokens_and_answer()
    {
        var tally = new CodexStream().Read(Fixtures.Stream("codex-task.jsonl")).Tally();
        Assert.Equal("0199a213-81c0-7800-8aa1-000000000001", tally.Session);
        Assert.Equal(new AgentUsage(1, 24763, 122), tally.Used);
        Assert.Equal(new AgentAnswer("Fixed: the cart added prices as text."), tally.Answer);
    }

    [Fact]
    public void N4_the_transcript_of_codex_is_readable() => Assert.Equal(
        """
        # session 0199a213-81c0-7800-8aa1-000000000001
        ~ **Listing the files**
        → command_execution bash -lc ls
        ← cart.js
        → file_change update cart.js
        ← completed
        → shop.price {"item":3}
        ← failed: no such item
        ! Reconnecting... 1/5
        # [x] Read cart.js
          [x] Fix it
        Fixed: the cart added prices as text.
        """,
        TranscriptOf(new CodexStream(), "codex-task.jsonl"));

    [Fact]
    public void N8_codex_tells_of_its_limit_in_words()
    {
        var tally = new CodexStream().Read(Fixtures.Stream("codex-limit.jsonl")).Tally();
        Assert.Contains("12:16 PM", tally.Limit!.Message, StringComparison.Ordinal);
        Assert.True(tally.Answer!.IsError);
    }

    [Fact]
    public void N4_an_error_that_ends_the_stream_of_codex_is_its_failure()
    {
        var tally = new CodexStream().Read("""
            {"type":"thread.started","thread_id":"t"}
            {"type":"error","message":"stream disconnected"}
            """).Tally();
        Assert.Equal(new AgentAnswer("stream disconnected", IsError: true), tally.Answer);
    }

    [Fact]
    public void N4_gemini_tells_session_turns_tokens_and_answer()
    {
        var tally = new GeminiStream().Read(Fixtures.Stream("gemini-task.jsonl")).Tally();
        Assert.Equal("7f3a0000-0000-4000-8000-000000000001", tally.Session);
        Assert.Equal(new AgentUsage(3, 5000, 230), tally.Used);
        Assert.Equal(new AgentAnswer("Fixed: the cart added\nprices as text."), tally.Answer);
    }

    [Fact]
    public void N4_the_transcript_of_gemini_is_readable_and_its_pieces_are_joined() => Assert.Equal(
        """
        # session 7f3a0000-0000-4000-8000-000000000001, gemini-2.5-pro
        > Fix the cart.
        I look at the cart.
        → read_file {"path":"cart.js"}
        ← let sum = '';
        → run_shell_command {"command":"npm test"}
        ← failed: exit 1
        # Loop detected, stopping execution
        Fixed: the cart added
        prices as text.
        """,
        TranscriptOf(new GeminiStream(), "gemini-task.jsonl"));

    [Fact]
    public void N8_gemini_tells_of_its_limit_in_words() =>
        Assert.Contains("1h49m8s", new GeminiStream().Read(Fixtures.Stream("gemini-limit.jsonl")).Tally().Limit!.Message, StringComparison.Ordinal);

    [Fact]
    public void N1_plain_text_is_the_agents_and_its_end_the_answer()
    {
        var events = new PlainTextStream().Read("one\r\ntwo\n{\"type\":\"result\"}");
        Assert.Equal(["one", "two", "{\"type\":\"result\"}"], events.OfType<AgentMessage>().Select(message => message.Text));
        Assert.Equal("one\ntwo\n{\"type\":\"result\"}", events.Tally().Answer!.Text);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void B_36_a_stream_says_the_same_however_its_bytes_are_cut(string name)
    {
        byte[] stream = Fixtures.Stream(name);
        var whole = ParserOf(name).Read(stream);
        for (int piece = 1; piece < 40; piece++) Assert.Equal(whole, ParserOf(name).Read(stream, piece));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void B_36_a_stream_that_is_damaged_is_read_on(string name)
    {
        byte[] stream = Fixtures.Stream(name);
        for (int seed = 0; seed < 300; seed++)
        {
            var chances = new Random(seed);
            byte[] damaged = [.. stream];
            for (int hit = 0; hit < 1 + (seed % 30); hit++) damaged[chances.Next(damaged.Length)] = (byte)chances.Next(256);
            try { _ = ParserOf(name).Read(damaged); }
            catch (Exception e)
            {
                Assert.Fail($"seed {seed}: {e}");
            }
        }
    }

    [Theory]
    [InlineData("""{"type":"assistant","message":"text"}""")]
    [InlineData("""{"type":"assistant","message":{"content":[1,null,"x",{"type":5}],"usage":[],"id":7}}""")]
    [InlineData("""{"type":"result","num_turns":1e300,"total_cost_usd":"much","usage":{"input_tokens":-1.5e30},"result":{"a":1}}""")]
    [InlineData("""{"type":"system","subtype":"init","session_id":"\ud800"}""")]
    [InlineData("""{"type":"control_request","request_id":"1","request":{"subtype":"can_use_tool","input":"text"}}""")]
    [InlineData("""{"type":"item.completed","item":{"type":"todo_list","items":{"a":1}}}""")]
    [InlineData("""{"type":"item.completed","item":[]}""")]
    [InlineData("""{"type":"turn.completed","usage":"none"}""")]
    [InlineData("""{"type":"message","content":{"text":1}}""")]
    [InlineData("""{"type":"result","status":"error","error":"text","stats":1}""")]
    [InlineData("""{"type":1}""")]
    [InlineData("""[{"type":"result"}]""")]
    [InlineData("""{"type":"result"} and more""")]
    [InlineData("null")]
    public void B_36_json_of_another_form_is_no_harm(string line)
    {
        foreach (AgentStreamParser parser in new AgentStreamParser[] { new ClaudeStream(), new CodexStream(), new GeminiStream() })
            _ = parser.Read($"{line}\n{line}");
    }

    [Fact]
    public void N4_what_is_no_json_and_what_is_not_known_passes_through_as_it_is()
    {
        var events = new ClaudeStream().Read("(node:1) Warning: old\n{\"type\":\"assistant\",\"mess\n\n{\"type\":\"news\"}\n");
        Assert.Equal(
            new[] { "(node:1) Warning: old", "{\"type\":\"assistant\",\"mess", "{\"type\":\"news\"}" }.Select(AgentMessage.Raw), events);
    }

    [Fact]
    public void B_36_a_line_without_end_is_read_within_a_bound()
    {
        List<AgentEvent> events = [];
        var reader = new AgentLineReader(new ClaudeStream());
        byte[] piece = new byte[1024 * 1024];
        Array.Fill(piece, (byte)'x');
        reader.Take("{\"type\":\""u8, events);
        for (int i = 0; i < 100; i++) reader.Take(piece, events);
        reader.Take("\n{\"type\":\"result\",\"result\":\"there\"}\n"u8, events);
        Assert.Contains("4,194,304 bytes", Assert.IsType<AgentMessage>(events[0]).Text, StringComparison.Ordinal);
        Assert.Equal("there", events.Tally().Answer!.Text);
    }

    [Fact]
    public void N4_a_line_of_a_tool_never_looks_like_the_agents_own()
    {
        string text = AgentMessage.Gives("1", "one\n! two\r\n→ three", isError: false).ToText();
        Assert.Equal("← one\n  ! two\n  → three", text);
        string flood = AgentMessage.Gives("1", string.Join('\n', Enumerable.Range(0, 1000)), isError: false).ToText();
        Assert.Equal(20, flood.Split('\n').Length);
        Assert.EndsWith("more characters)", flood, StringComparison.Ordinal);
    }

    private static AgentStreamParser ParserOf(string name) => name[..2] switch
    {
        "cl" => new ClaudeStream(),
        "co" => new CodexStream(),
        _ => new GeminiStream(),
    };

    private static string TranscriptOf(AgentStreamParser parser, string name)
    {
        var transcript = new AgentTranscript(parser);
        byte[] stream = Fixtures.Stream(name);
        var slice = new OutputSlice(JobId.New(DateTimeOffset.UnixEpoch), 1, 0, stream.Length, stream.Length)
        {
            Chunks = [new(DateTimeOffset.UnixEpoch, OutputStream.Out, 0, stream)],
        };
        return string.Join('\n', transcript.Take(slice).Concat(transcript.Complete()).Select(message => message.ToText()));
    }
}
