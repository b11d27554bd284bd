using Errand.Mcp.Wire;
using ModelContextProtocol.Protocol;

namespace Errand.Mcp;

/// <summary>Answers what a job asks.</summary>
internal sealed class JobInputTool(ErrandToolParts parts, IJobClient jobs) : ErrandTool(parts)
{
    public override string OwnName => JobToolNames.Input;

    protected override string Title => "Answer a job";

    protected override string Description => $"""
        Answers a question of a job that is waiting, which {NameOf(JobToolNames.Status)} shows; the first answer wins. Give answer: a text,
        or an object with the fields that are asked for. Questions that only a person may answer are refused.
        """;

    protected override string Schema => """
        {
          "type": "object",
          "properties": {
            "id": { "type": "string", "description": "The id of the job." },
            "key": { "type": "string", "description": "Which question. It may be left out where there is only one." },
            "answer": { "description": "The answer: a text, or an object with the fields that are asked for." },
            "stdin": { "type": "string", "description": "Text for the standard input of work that reads it." },
            "signal": { "type": "string", "description": "A signal for work that takes some, such as SIGINT." }
          },
          "required": ["id"],
          "additionalProperties": false
        }
        """;

    protected override string AnswerSchema => AnswerSchemas.OrProblem(AnswerSchemas.Job);

    protected override bool IsReadOnly => false;

    protected override bool IsIdempotent => false;

    protected override async ValueTask<CallToolResult> RunAsync(ErrandToolCall call, CancellationToken cancellationToken)
    {
        var (answer, stdin, signal) = (call.Arguments.Find("answer"), call.Arguments.Text("stdin"), call.Arguments.Text("signal"));
        string? key = call.Arguments.Text("key");
        if (new[] { answer is not null, stdin is not null, signal is not null }.Count(given => given) != 1)
            throw new InvalidJobException("answer", "Give one of answer, stdin and signal.");
        var job = await Parts.Jobs.GetAsync(call, cancellationToken);
        if (answer is not { } given) throw TakesNone(job, stdin is not null ? "stdin" : "signal");
        var input = Find(job, key);
        var question = input.Request.ToElement();
        if (QuestionAnswer.IsOnlyForPerson(question))
        {
            throw new ToolRefusalException(new("only_person",
                $"Job {job.Id} asks something that only a person may answer: {QuestionAnswer.MessageOf(question)} " +
                "Ask your user to answer it; the job goes on once that is done.", "key", job.Id.ToString()));
        }
        job = await jobs.AnswerAsync(job.Id, input.Key, QuestionAnswer.Wrap(question, given), call.Caller.Actor, CancellationToken.None);
        return Answer(WireBrief.Of(job), WireJson.Wire.WireBrief, TextOf(job, input.Key));
    }

    private string TextOf(Job job, string key) => job.State == JobState.Waiting
        ? $"Question \"{key}\" is answered; there is another one.\n{Parts.Text.Questions(job)}"
        : $"Question \"{key}\" is answered, and the job goes on. To wait for its end call {NameOf(JobToolNames.Wait)} with id \"{job.Id}\".";

    private static JobInput Find(Job job, string? key)
    {
        JobInput[] open = job.State == JobState.Waiting ? [.. job.Inputs.Where(input => input.IsOutstanding)] : [];
        if (key is null && open.Length > 1)
        {
            string keys = string.Join(", ", open.Select(input => $"'{input.Key}'"));
            throw new InvalidJobException("key", $"key is missing; job {job.Id} has several open questions: {keys}.");
        }
        return open.FirstOrDefault(input => key is null || input.Key == key) ?? throw new InputNotExpectedException(job, key ?? "");
    }

    private static InvalidJobException TakesNone(Job job, string parameter) => new(parameter, job.IsTerminal
        ? $"Job {job.Id} is {job.State.ToWord()} and takes no {parameter}."
        : $"Job {job.Id} is of the kind '{job.Kind}', which takes no {parameter} while it runs.");
}
