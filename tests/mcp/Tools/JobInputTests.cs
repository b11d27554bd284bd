using Errand.Mcp.Tests.Calls;

namespace Errand.Mcp.Tests.Tools;

/// <summary>What jobs ask, and who may answer.</summary>
public sealed class JobInputTests
{
    private const string Form = """
        {"method":"elicitation/create","params":{"message":"Deploy where?","requestedSchema":
          {"type":"object","properties":{"place":{"type":"string"}},"required":["place"]}}}
        """;

    private const string LargeForm = """
        {"method":"elicitation/create","params":{"message":"Who are you?","requestedSchema":
          {"type":"object","properties":{"name":{"type":"string"},"age":{"type":"integer"}},"required":["name"]}}}
        """;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory, InlineData(McpHost.Current), InlineData(McpHost.Legacy)]
    public async Task C4_a_question_ends_the_wait_and_an_answer_lets_the_job_go_on(string version)
    {
        await using var host = await AskingAsync(Form);
        var client = await host.ConnectAsync(version);
        string id = await client.HandOverAsync();

        var asked = await client.AskAsync("job_wait", ("id", id));
        Assert.False(asked.At("timedOut").GetBoolean());
        Assert.Equal("waiting", asked.At("job", "state").GetString());
        var question = asked.At("job", "questions")[0];
        string key = question.GetProperty("key").GetString()!;
        Assert.Contains($"It asks (key \"{key}\"): Deploy where?", asked.Text(), StringComparison.Ordinal);
        Assert.Contains("job_input", asked.Text(), StringComparison.Ordinal);
        Assert.Contains("Deploy where?", (await client.AskAsync("job_status", ("id", id))).Text(), StringComparison.Ordinal);

        // Who was told of the question and waits all the same hears of nothing else than an answer.
        var again = await client.AskAsync("job_wait", ("id", id), ("after", asked.Member("cursor")), ("timeoutMs", 1));
        Assert.True(again.At("timedOut").GetBoolean());

        var answered = await client.AskAsync("job_input", ("id", id), ("key", key), ("answer", "Mars"));
        Assert.Null(answered.IsError);
        var end = await client.AskAsync("job_wait", ("id", id));
        Assert.Equal("""{"action":"accept","content":{"place":"Mars"}}""", end.At("job", "result").GetRawText());
        var late = await client.AskAsync("job_input", ("id", id), ("key", key), ("answer", "Venus"));
        Assert.Equal("input_not_expected", late.Member("code"));
    }

    [Theory]
    [InlineData(Form, """ "Mars" """, """{"action":"accept","content":{"place":"Mars"}}""")]
    [InlineData(Form, """{"place":"Mars"}""", """{"action":"accept","content":{"place":"Mars"}}""")]
    [InlineData(Form, """{"action":"decline"}""", """{"action":"decline"}""")]
    [InlineData(LargeForm, """{"name":"Ada","age":36}""", """{"action":"accept","content":{"name":"Ada","age":36}}""")]
    [InlineData("""{"method":"elicitation/create","params":{"message":"Sure?"}}""", "true", """{"action":"accept","content":{}}""")]
    [InlineData("""{"method":"sampling/createMessage"}""", "\"Yes.\"", """{"role":"assistant","model":"client","content":{"type":"text","text":"Yes."}}""")]
    [InlineData("""{"ask":"anything"}""", """[1,2]""", "[1,2]")]
    public void O6_an_answer_is_put_into_the_form_that_the_asker_expects(string question, string answer, string expected) =>
        Assert.Equal(expected, QuestionAnswer.Wrap(JobData.Parse(question).ToElement(), JobData.Parse(answer).ToElement()).ToString());

    [Theory]
    [InlineData(LargeForm, """ "Ada" """, "an object with name, age")]
    [InlineData(LargeForm, """{"age":36}""", "lacks 'name'")]
    public void O6_an_answer_that_does_not_fit_is_refused_with_what_is_asked_for(string question, string answer, string words)
    {
        var asked = JobData.Parse(question).ToElement();
        var refusal = Assert.Throws<InvalidJobException>(() => QuestionAnswer.Wrap(asked, JobData.Parse(answer).ToElement()));
        Assert.Equal("answer", refusal.Parameter);
        Assert.Contains(words, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_only_a_person_may_answer_is_refused()
    {
        await using var host = await AskingAsync("""{"message":"Delete everything?","onlyPerson":true}""");
        var client = await host.ConnectAsync();
        string id = await client.HandOverAsync();
        var asked = await client.AskAsync("job_wait", ("id", id));
        Assert.True(asked.At("job", "questions")[0].GetProperty("onlyPerson").GetBoolean());
        Assert.Contains("Only a person may answer", asked.Text(), StringComparison.Ordinal);

        var refused = await client.AskAsync("job_input", ("id", id), ("answer", "yes"));

        Assert.True(refused.IsError);
        Assert.Equal("only_person", refused.Member("code"));
        Assert.Contains("Delete everything?", refused.Text(), StringComparison.Ordinal);
        Assert.Equal(JobState.Waiting, (await host.Jobs.GetAsync(JobId.Parse(id), Token)).State);
        await client.AskAsync("job_cancel", ("id", id));
    }

    [Theory, InlineData("stdin"), InlineData("signal")]
    public async Task Work_that_takes_no_stdin_or_signals_says_so(string parameter)
    {
        var gate = new Gate();
        await using var host = await ToolHost.StartAsync(gate: gate);
        var client = await host.ConnectAsync();
        string id = await client.HandOverAsync("greet");
        var refused = await client.AskAsync("job_input", ("id", id), (parameter, "x"));
        Assert.True(refused.IsError);
        Assert.Equal(parameter, refused.Member("param"));
        Assert.Contains($"takes no {parameter}", refused.Text(), StringComparison.Ordinal);
        var both = await client.AskAsync("job_input", ("id", id), (parameter, "x"), ("answer", "y"));
        Assert.Contains("Give one of answer, stdin and signal", both.Text(), StringComparison.Ordinal);
        gate.Open();
    }

    private static Task<McpHost> AskingAsync(string question) =>
        ToolHost.StartAsync(async job => JobOutcome.Completed(await job.AskAsync(JobData.Parse(question))));
}
