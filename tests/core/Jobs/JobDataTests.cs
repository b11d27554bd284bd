using System.Text;
using System.Text.Json.Serialization;

namespace Errand.Tests.Jobs;

public sealed partial class JobDataTests
{
    [Theory]
    [InlineData("null")]
    [InlineData("0")]
    [InlineData("\"\"")]
    [InlineData("[]")]
    [InlineData(" { \"a\" : [ 1 , { } ] } ")]
    [InlineData("\"Ünï 漢字 😀\"")]
    public void Json_is_kept_as_it_was_given(string json)
    {
        var data = JobData.Parse(json);
        Assert.Equal((json, Encoding.UTF8.GetByteCount(json), false), (data.ToString(), data.Length, data.IsNone));
        Assert.Equal(data, JobData.Parse(Encoding.UTF8.GetBytes(json)));
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("{")]
    [InlineData("{]")]
    [InlineData("[1,]")]
    [InlineData("1 2")]
    [InlineData("{} x")]
    [InlineData("'a'")]
    [InlineData("nul")]
    [InlineData("[[1, {\"a\": tru}]]")]
    public void What_is_not_json_is_refused_in_words(string text)
    {
        var refused = Assert.Throws<InvalidJobException>(() => JobData.Parse(text));
        Assert.Equal("input", refused.Parameter);
        Assert.StartsWith("The value is not JSON", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Nothing_is_not_null()
    {
        Assert.True(JobData.None.IsNone);
        Assert.NotEqual(JobData.None, JobData.Parse("null"));
        Assert.Equal(default, JobData.None.ToElement());
        Assert.Equal(0, JobData.None.As(Types.Default.Int32));
        Assert.Equal("", JobData.None.ToString());
    }

    [Fact]
    public void Data_is_the_same_if_its_bytes_are()
    {
        var (left, right) = (JobData.Parse("{\"a\":1}"), JobData.Parse("{\"a\":1}"));
        Assert.True(left == right && left.Equals((object)right) && left.GetHashCode() == right.GetHashCode());
        Assert.True(left != JobData.Parse("{\"a\": 1}"));
        Assert.False(left.Equals("{\"a\":1}"));
    }

    [Fact]
    public void Values_are_written_and_read_by_their_own_rules()
    {
        var data = JobData.From(new Point(3, 4), Types.Default.Point);
        Assert.Equal(new(3, 4), data.As(Types.Default.Point));
        Assert.Equal(4, data.ToElement().GetProperty("Y").GetInt32());
    }

    internal sealed record Point(int X, int Y);

    [JsonSerializable(typeof(Point))]
    [JsonSerializable(typeof(int))]
    internal sealed partial class Types : JsonSerializerContext;
}
