using Errand.Storage;
using Xunit;
using static Errand.Testing.Conformance.CapSteps;

namespace Errand.Testing.Conformance;

// Names: the lists of records and of caps, which go by name.
public abstract partial class JobStoreConformance
{
    private static readonly string[] SomeNames = ["b/2", "a/10", "a/1", "a/größer", "a/2", "ab", "a", "B/1", "a/2/x"];

    public static TheoryData<string, string?, int, string[]> NamePages => new()
    {
        { "", null, 100, ["B/1", "a", "a/1", "a/10", "a/2", "a/2/x", "a/größer", "ab", "b/2"] },
        { "a/", null, 100, ["a/1", "a/10", "a/2", "a/2/x", "a/größer"] },
        { "a/", "a/10", 2, ["a/2", "a/2/x"] },
        { "a/", "a/größer", 2, [] },
        { "a/", "A", 1, ["a/1"] },
        { "a/", "a/10x", 1, ["a/2"] },
        { "", "ab", 100, ["b/2"] },
        { "a/2", null, 100, ["a/2", "a/2/x"] },
        { "c", null, 100, [] },
        { "", null, 0, [] },
    };

    [Theory]
    [MemberData(nameof(NamePages))]
    public async Task Records_are_listed_by_name(string prefix, string? after, int limit, string[] names)
    {
        foreach (string name in SomeNames) Assert.True(await Store.WriteRecordAsync(name, 0, Samples.Json($"\"{name}\""), Token));
        Assert.True(await Store.WriteRecordAsync("a/2", 1, Samples.Json("\"a/2\""), Token));
        var records = await Store.ListRecordsAsync(prefix, after, limit, Token);
        Assert.Equal(names, records.Select(record => record.Name));
        Assert.All(records, record => Assert.Equal(new(record.Name == "a/2" ? 2 : 1, Samples.Json($"\"{record.Name}\"")), record.Record));
    }

    [Theory]
    [MemberData(nameof(NamePages))]
    public async Task Caps_are_listed_by_name(string prefix, string? after, int limit, string[] names)
    {
        foreach (string name in SomeNames) await Store.AddedAsync(Samples.Queued().Under(Cap(name, 3)));
        var caps = await Store.ListCapsAsync(prefix, after, limit, Token);
        Assert.Equal(names.Select(name => new CapUse(Cap(name, 3), 0, 1, 0, null)), caps);
    }

    [Fact]
    public async Task A_record_that_was_removed_is_not_listed()
    {
        await Store.WriteRecordAsync("a", 0, Samples.Json("1"), Token);
        await Store.WriteRecordAsync("b", 0, Samples.Json("1"), Token);
        await Store.WriteRecordAsync("a", 1, default, Token);
        Assert.Equal(["b"], (await Store.ListRecordsAsync("", null, 10, Token)).Select(record => record.Name));
    }

    [Fact]
    public async Task Nobody_stands_under_a_cap_that_no_live_job_names()
    {
        await Store.BroughtToAsync(JobPhase.Completed, Samples.Queued().Under(Cap("done", 1)));
        await Store.BroughtToAsync(JobPhase.Completed, Samples.Queued().Under(Cap("rated", rate: EveryTen)));
        await Store.AddedAsync(Samples.Queued().Under(Cap("idle", 4)));
        Assert.Equal("idle", Assert.Single(await Store.ListCapsAsync("", null, 10, Token)).Cap.Name);
    }
}
