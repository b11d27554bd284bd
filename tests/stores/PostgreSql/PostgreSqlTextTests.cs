using System.Text;
using Errand.PostgreSql;

namespace Errand.Stores.Tests;

// PostgreSQL takes no NUL in a text, and no bytes that are not UTF-8; a job may have both.
public sealed class PostgreSqlTextTests : PostgreSqlTests
{
    [Theory]
    [InlineData("plain")]
    [InlineData("")]
    [InlineData("a\0b")]
    [InlineData("\0")]
    [InlineData("\u001a")]
    [InlineData("\u001a0 \u001a\0\u001a")]
    [InlineData("whole 😀 pair")]
    public Task B_36_any_text_comes_back(string text) => ComesBackAsync(text, text);

    [Fact]
    public Task B_36_half_a_surrogate_pair_is_replaced() => ComesBackAsync("half \ud83d pair", "half \ufffd pair");

    [Fact]
    public async Task Json_within_documents_comes_back_byte_for_byte()
    {
        var store = await OpenAsync();
        var job = await StartedAsync(store);
        var spaced = JobData.Parse(" { \"a\" : 1.0 }\n");
        var deep = JobData.Trusted(Encoding.UTF8.GetBytes(new string('[', 60) + new string(']', 60)));
        var broken = JobData.Trusted(new byte[] { (byte)'"', 0xff, 0x00, (byte)'"' });
        JobInput[] inputs = [new("1", spaced, At(2)) { Answer = deep }, new("2", broken, At(2))];
        await ApplyAsync(store, job.Id, JobTransition.AwaitInput(job.Fence, inputs, job.Version, At(2)));
        await ApplyAsync(store, job.Id, JobTransition.Finish(job.Fence, JobOutcome.Failed(new("c", "m") { Details = deep }, broken), At(3)));
        var found = (await store.FindAsync(job.Id, Token))!;
        Assert.Equal([(spaced, deep), (broken, JobData.None)], found.Inputs.Select(input => (input.Request, input.Answer)));
        Assert.Equal((deep, broken), (found.Outcome!.Error!.Details, found.Outcome.Result));
    }

    [Fact]
    public async Task Progress_may_be_any_number()
    {
        var store = await OpenAsync();
        var job = await StartedAsync(store);
        foreach (var progress in new JobProgress[] { new(double.NaN, double.PositiveInfinity), new(double.Epsilon, double.MaxValue), new(-0.0) })
        {
            await ApplyAsync(store, job.Id, JobTransition.ReportProgress(job.Fence, progress, At(2)));
            Assert.Equal(progress, (await store.FindAsync(job.Id, Token))!.Progress);
        }
    }

    [Fact]
    public async Task A_word_that_is_too_long_to_be_found_by_is_the_callers_mistake()
    {
        var store = await OpenAsync();
        var random = new Random(1);
        string key = string.Concat(Enumerable.Range(0, 3000).Select(_ => (char)random.Next('!', '~')));
        await Assert.ThrowsAsync<InvalidJobException>(async () => await AddAsync(store, NewJob(spec: new("work") { Key = key })));
    }

    private async Task ComesBackAsync(string text, string expected)
    {
        Assert.Equal(expected, StoredText.Decode(StoredText.Encode(text)!));
        var store = await OpenAsync();
        var spec = new JobSpec(text)
        {
            Title = text, Owner = text, Agent = text, Session = text, Key = text, Tags = [text], TraceParent = text,
            Metadata = new Dictionary<string, string> { ["key"] = text },
        };
        var job = await StartedAsync(store, NewJob(spec: spec));
        Assert.False(Assert.Single(await store.AddAsync([NewJob(spec: spec)], Token)).Added);
        await ApplyAsync(store, job.Id, JobTransition.ReportProgress(job.Fence, new(1, 2, text), At(2)));
        await ApplyAsync(store, job.Id, JobTransition.Note(job.Fence, new(At(2), text, text, text)));
        await ApplyAsync(store, job.Id, JobTransition.Finish(job.Fence, JobOutcome.Failed(new(text, text)), At(3)));

        var found = (await store.FindAsync(job.Id, Token))!;
        string?[] texts =
        [
            found.Kind, found.Spec.Title, found.Owner, found.Spec.Agent, found.Spec.Session, found.Spec.Key, found.Spec.Tags[0],
            found.Spec.TraceParent, found.Spec.Metadata["key"], found.Progress!.Message, found.Outcome!.Error!.Message,
        ];
        Assert.All(texts, actual => Assert.Equal(expected, actual));
        var note = Assert.Single(await store.HistoryAsync(job.Id, Token));
        Assert.Equal((expected, expected, expected), (note.Name, note.By, note.Detail));
        var query = new JobQuery { Kind = text, Owner = text, Agent = text, Session = text, Tag = text, Text = text };
        Assert.Single((await store.ListAsync(query, Token)).Items);
    }
}
