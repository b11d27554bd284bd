using System.Text;
using Xunit;

namespace Errand.Testing.Conformance;

// Payloads: the bytes that were given, whatever they are.
public abstract partial class JobStoreConformance
{
    [Fact]
    public async Task Large_payloads_come_back_byte_for_byte()
    {
        var input = Samples.Large(1 << 20, seed: 1);
        var job = await Store.AddedAsync(Samples.Queued(new JobSpec("work", input)));
        var held = await Store.ClaimedAsync(Samples.Runner);
        Assert.Equal(input, held.Spec.Input);
        var checkpoint = Samples.Large(1 << 20, seed: 2);
        await Store.AppliedAsync(job.Id, JobTransition.SaveCheckpoint(held.Fence, checkpoint, Samples.At(1)));
        var result = Samples.Large(1 << 20, seed: 3);
        await Store.FinishedAsync(held, JobOutcome.Completed(result));
        var found = await Store.FoundAsync(job.Id);
        Assert.Equal(input, found.Spec.Input);
        Assert.Equal(checkpoint, found.Checkpoint);
        Assert.Equal(result, found.Outcome!.Result);
    }

    [Theory]
    [InlineData("null")]
    [InlineData("\"\"")]
    [InlineData("{}")]
    [InlineData(" { \"b\" : 1.0,\n\t\"a\" : 1e2, \"b\" : 2 } ")]
    [InlineData("\"\\u0000 \\ud83d\\ude00 \\ud800\"")]
    [InlineData("\"😀 Ünï → 漢字 \u2028 ' ; -- % _ \\\\\"")]
    [InlineData("123456789012345678901234567890.00000000001")]
    public async Task Json_is_not_rewritten(string json)
    {
        var data = JobData.Trusted(Encoding.UTF8.GetBytes(json));
        var job = await Store.AddedAsync(Samples.Queued(new JobSpec("work", data)));
        var held = await Store.ClaimedAsync(Samples.Runner);
        await Store.FinishedAsync(held, JobOutcome.Completed(data));
        var found = await Store.FoundAsync(job.Id);
        Assert.Equal(data, found.Spec.Input);
        Assert.Equal(data, found.Outcome!.Result);
    }

    [Fact]
    public async Task Texts_may_hold_any_letters()
    {
        const string text = "Ünï — 漢字 😀 'quoted' \"double\" ; DROP TABLE jobs; -- % _ \\ {0} $1 :x @y \t\r\n";
        var spec = new JobSpec(text)
        {
            Title = text, Owner = text, Agent = text, Session = text, Key = text, Tags = [text, "", text],
            Metadata = new Dictionary<string, string> { [text] = text, [""] = "" },
        };
        var job = await Store.AddedAsync(Samples.Queued(spec));
        SameJob.Assert(job, await Store.FindAsync(job.Id, Token));
        Assert.Equal(job.Id, (await Store.ClaimedAsync(new(text), 0, text)).Id);
        var query = new JobQuery { Kind = text, Owner = text, Agent = text, Session = text, Tag = text, Text = text };
        Assert.Single((await Store.ListAsync(query, Token)).Items);
    }

    [Fact]
    public async Task Long_texts_are_not_cut()
    {
        string text = new('ä', 20_000);
        var job = await Store.AddedAsync(Samples.Queued(new JobSpec("work") { Title = text, Key = new('k', 400) }));
        SameJob.Assert(job, await Store.FindAsync(job.Id, Token));
    }
}
