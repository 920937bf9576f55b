-- A series of numbers belongs to the field that declares it. Series under plain names that anybody could choose have none,
-- so nothing can ask for them any more.
drop table vault.number_series;
