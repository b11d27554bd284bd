using FsCheck;
using FsCheck.Fluent;

namespace Errand.Tests.Jobs;

public sealed class JobIdTests
{
    private static readonly DateTimeOffset Now = new(2031, 5, 17, 9, 30, 0, 123, TimeSpan.Zero);

    private static Gen<JobId> Ids =>
        from high in Gen.Choose(0, 1 << 16)
        from low in Gen.Choose(0, int.MaxValue)
        from random in Gen.Choose(0, 255).ArrayOf(16)
        select JobId.From(DateTimeOffset.FromUnixTimeMilliseconds(((long)high << 31) | (uint)low), [.. random.Select(number => (byte)number)]);

    [Fact]
    public void An_id_reads_back_from_its_text() => Properties.Hold(Prop.ForAll(Ids.ToArbitrary(), id =>
    {
        string text = id.ToString();
        Assert.Equal(JobId.TextLength, text.Length);
        Assert.All(text, c => Assert.Contains(c, "0123456789abcdefghjkmnpqrstvwxyz"));
        Assert.Equal(id, JobId.Parse(text));
        Assert.True(JobId.TryParse(text.AsSpan(), out var read) && read == id && read.GetHashCode() == id.GetHashCode());
        Assert.Equal(text, $"{id}");
    }));

    [Fact]
    public void Ids_and_their_texts_have_one_order() => Properties.Hold(Prop.ForAll(Ids.Two().ToArbitrary(), pair =>
    {
        var (left, right) = pair;
        int byText = Math.Sign(string.CompareOrdinal(left.ToString(), right.ToString()));
        Assert.Equal(byText, Math.Sign(left.CompareTo(right)));
        Assert.Equal((byText < 0, byText <= 0, byText > 0, byText >= 0), (left < right, left <= right, left > right, left >= right));
        Assert.Equal((byText == 0, byText != 0), (left == right, left != right));
    }));

    [Fact]
    public void Ids_sort_by_the_time_they_were_made()
    {
        var ids = Enumerable.Range(0, 100).Select(i => JobId.New(Now.AddMilliseconds(i))).ToList();
        Assert.Equal(ids, ids.Order());
        Assert.Equal(Now.AddMilliseconds(42), ids[42].Time);
    }

    [Fact]
    public void B_1_ids_of_one_moment_differ_in_128_random_bits()
    {
        var texts = Enumerable.Range(0, 2000).Select(_ => JobId.New(Now).ToString()).ToList();
        Assert.Equal(2000, texts.Distinct().Count());
        // The first of 26 digits carries three bits, every other one five.
        Assert.Equal(8, texts.Select(text => text[10]).Distinct().Count());
        for (int i = 11; i < JobId.TextLength; i++) Assert.Equal(32, texts.Select(text => text[i]).Distinct().Count());
    }

    [Fact]
    public void The_same_bits_make_the_same_id()
    {
        byte[] random = [.. Enumerable.Range(1, 32).Select(i => (byte)i)];
        Assert.Equal(JobId.From(Now, random), JobId.From(Now, random.AsSpan(0, 16)));
        Assert.Throws<ArgumentOutOfRangeException>(() => JobId.From(Now, random.AsSpan(0, 15)));
    }

    [Fact]
    public void Times_that_an_id_cannot_carry_become_the_nearest_that_it_can()
    {
        Assert.Equal(DateTimeOffset.UnixEpoch, JobId.New(DateTimeOffset.MinValue).Time);
        Assert.Equal(9999, JobId.New(DateTimeOffset.MaxValue).Time.Year);
    }

    [Theory]
    [InlineData("")]
    [InlineData("0")]
    [InlineData("00000000000000000000000000000000000")]
    [InlineData("0000000000000000000000000000000000000")]
    [InlineData("00000000000000000000000000000000000I")]
    [InlineData("00000000000000000000000000000000000l")]
    [InlineData("00000000000000000000000000000000000o")]
    [InlineData("00000000000000000000000000000000000u")]
    [InlineData("00000000000000000000000000000000000A")]
    [InlineData("0000000000000000000000000000000000 0")]
    [InlineData("0000000000000000000000000000000000-0")]
    [InlineData("00000000000000000000000000000000000é")]
    [InlineData("000000000080000000000000000000000000")]
    [InlineData("zzzzzzzzzz00000000000000000000000000")]
    [InlineData("7zzzzzzzzz00000000000000000000000000")]
    [InlineData("g00000000000000000000000000000000000")]
    public void What_is_no_id_is_refused_in_words(string text)
    {
        Assert.False(JobId.TryParse(text.AsSpan(), out var id));
        Assert.True(id.IsEmpty);
        var refused = Assert.Throws<InvalidJobException>(() => JobId.Parse(text));
        Assert.Equal("id", refused.Parameter);
        Assert.Contains("is not a job id", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_long_text_is_not_repeated_in_full()
    {
        var refused = Assert.Throws<InvalidJobException>(() => JobId.Parse(new string('x', 10_000)));
        Assert.True(refused.Message.Length < 300);
    }

    [Fact]
    public void No_text_is_no_id() => Assert.False(JobId.TryParse(null, null, out _));

    [Fact]
    public void An_id_is_written_only_where_there_is_room()
    {
        var id = JobId.New(Now);
        Assert.False(id.TryFormat(new char[JobId.TextLength - 1], out int written, [], null));
        Assert.Equal(0, written);
        Assert.True(id.TryFormat(new char[JobId.TextLength], out written, [], null));
        Assert.Equal(JobId.TextLength, written);
    }
}
